; orbit-alone
; negates: there is no other orbit of period two
; expected: unsat
(set-logic QF_NRA)
(declare-const a Real)
(declare-const step_size Real)
(declare-const weight_decay Real)
(declare-const beta1 Real)
(declare-const beta2 Real)
(declare-const c Real)
(declare-const x Real)
(declare-const m Real)
(define-fun x_next () Real (+ x (* step_size (- (ite (< 0.0 (- (* beta1 m) (* (- 1.0 beta1) (* a x)))) 1.0 (ite (< (- (* beta1 m) (* (- 1.0 beta1) (* a x))) 0.0) (- 1.0) 0.0)) (* weight_decay x)))))
(define-fun m_next () Real (- (* beta2 m) (* (- 1.0 beta2) (* a x))))
; a, η, λ > 0
(assert (and (and (< 0.0 a) (< 0.0 step_size)) (< 0.0 weight_decay)))
; ηλ ≤ 1
(assert (<= (* step_size weight_decay) 1.0))
; β1 ≤ 1, β2 < 1
(assert (and (and (and (<= 0.0 beta1) (<= beta1 1.0)) (<= 0.0 beta2)) (< beta2 1.0)))
; c = η/(2−ηλ)
(assert (= (* c (- 2.0 (* step_size weight_decay))) step_size))
; two steps lead back
(assert (and (= (+ x_next (* step_size (- (ite (< 0.0 (- (* beta1 m_next) (* (- 1.0 beta1) (* a x_next)))) 1.0 (ite (< (- (* beta1 m_next) (* (- 1.0 beta1) (* a x_next))) 0.0) (- 1.0) 0.0)) (* weight_decay x_next)))) x) (= (- (* beta2 m_next) (* (- 1.0 beta2) (* a x_next))) m)))
; one step does not
(assert (or (not (= x_next x)) (not (= m_next m))))
; and yet
(assert (not (and (or (and (= x (* 1.0 c)) (= (* m (+ 1.0 beta2)) (* 1.0 (* (- 1.0 beta2) (* a c))))) (and (= x (* (- 1.0) (* 1.0 c))) (= (* m (+ 1.0 beta2)) (* (- 1.0) (* 1.0 (* (- 1.0 beta2) (* a c))))))) (< 0.0 (- (+ 1.0 beta2) (* 2.0 (* 1.0 beta1)))))))
(check-sat)
