; orbit
; negates: (x, m) = c(1, (1−β2)a/(1+β2)) goes to −(x, m) ⇔ 1 + β2 − 2β1 > 0
; expected: unsat
(set-logic QF_NRA)
(declare-const a Real)
(declare-const step_size Real)
(declare-const weight_decay Real)
(declare-const beta1 Real)
(declare-const beta2 Real)
(declare-const c Real)
(declare-const q Real)
(define-fun x () Real (* 1.0 c))
(define-fun m () Real (* 1.0 (* 1.0 q)))
; a, η, λ > 0
(assert (and (and (< 0.0 a) (< 0.0 step_size)) (< 0.0 weight_decay)))
; ηλ ≤ 1
(assert (<= (* step_size weight_decay) 1.0))
; β1 ≤ 1, β2 < 1
(assert (and (and (and (<= 0.0 beta1) (<= beta1 1.0)) (<= 0.0 beta2)) (< beta2 1.0)))
; c = η/(2−ηλ)
(assert (= (* c (- 2.0 (* step_size weight_decay))) step_size))
; q = (1−β2)ac/(1+β2)
(assert (= (* q (+ 1.0 beta2)) (* (- 1.0 beta2) (* a c))))
; and yet
(assert (not (or (and (and (= (+ x (* step_size (- (ite (< 0.0 (- (* beta1 m) (* (- 1.0 beta1) (* a x)))) 1.0 (ite (< (- (* beta1 m) (* (- 1.0 beta1) (* a x))) 0.0) (- 1.0) 0.0)) (* weight_decay x)))) (* (- 1.0) x)) (= (- (* beta2 m) (* (- 1.0 beta2) (* a x))) (* (- 1.0) m))) (< 0.0 (- (+ 1.0 beta2) (* 2.0 (* 1.0 beta1))))) (not (or (and (= (+ x (* step_size (- (ite (< 0.0 (- (* beta1 m) (* (- 1.0 beta1) (* a x)))) 1.0 (ite (< (- (* beta1 m) (* (- 1.0 beta1) (* a x))) 0.0) (- 1.0) 0.0)) (* weight_decay x)))) (* (- 1.0) x)) (= (- (* beta2 m) (* (- 1.0 beta2) (* a x))) (* (- 1.0) m))) (< 0.0 (- (+ 1.0 beta2) (* 2.0 (* 1.0 beta1)))))))))
(check-sat)
