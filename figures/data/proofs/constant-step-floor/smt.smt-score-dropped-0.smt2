; score
; negates: S(x) ≥ ac(1+λc) + a(1+2λc)(|x| − |x⁺|)/(2−ηλ), without the premise: m̃ ≠ 0
; expected: sat
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
(define-fun mean_place () Real (* 1.0 c))
; a, η, λ > 0
(assert (and (and (< 0.0 a) (< 0.0 step_size)) (< 0.0 weight_decay)))
; ηλ ≤ 1
(assert (<= (* step_size weight_decay) 1.0))
; β1 ≤ 1, β2 < 1
(assert (and (and (and (<= 0.0 beta1) (<= beta1 1.0)) (<= 0.0 beta2)) (< beta2 1.0)))
; c = η/(2−ηλ)
(assert (= (* c (- 2.0 (* step_size weight_decay))) step_size))
(assert (= a 2.0))
(assert (= step_size (/ 1.0 10.0)))
(assert (= weight_decay (/ 1.0 2.0)))
(assert (= beta1 (/ 9.0 10.0)))
(assert (= beta2 (/ 99.0 100.0)))
; and yet
(assert (not (<= (* (* a (+ 1.0 (* 2.0 (* weight_decay mean_place)))) (- (ite (<= 0.0 x) x (* (- 1.0) x)) (ite (<= 0.0 x_next) x_next (* (- 1.0) x_next)))) (* (- 2.0 (* step_size weight_decay)) (- (+ (* a (ite (<= 0.0 x) x (* (- 1.0) x))) (* (* (* a weight_decay) x) x)) (* (* a mean_place) (+ 1.0 (* weight_decay mean_place))))))))
(check-sat)
