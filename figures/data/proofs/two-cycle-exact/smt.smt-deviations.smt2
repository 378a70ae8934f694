; deviations
; negates: a deviation that changes no sign goes on linearly, with eigenvalues 1−ηλ and β2
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
(declare-const off_x Real)
(declare-const off_m Real)
; a, η, λ > 0
(assert (and (and (< 0.0 a) (< 0.0 step_size)) (< 0.0 weight_decay)))
; ηλ ≤ 1
(assert (<= (* step_size weight_decay) 1.0))
; β1 ≤ 1, β2 < 1
(assert (and (and (and (<= 0.0 beta1) (<= beta1 1.0)) (<= 0.0 beta2)) (< beta2 1.0)))
; c = η/(2−ηλ)
(assert (= (* c (- 2.0 (* step_size weight_decay))) step_size))
; the same sign of m̃
(assert (= (ite (< 0.0 (- (* beta1 (+ m off_m)) (* (- 1.0 beta1) (* a (+ x off_x))))) 1.0 (ite (< (- (* beta1 (+ m off_m)) (* (- 1.0 beta1) (* a (+ x off_x)))) 0.0) (- 1.0) 0.0)) (ite (< 0.0 (- (* beta1 m) (* (- 1.0 beta1) (* a x)))) 1.0 (ite (< (- (* beta1 m) (* (- 1.0 beta1) (* a x))) 0.0) (- 1.0) 0.0))))
; and yet
(assert (not (and (= (- (+ (+ x off_x) (* step_size (- (ite (< 0.0 (- (* beta1 (+ m off_m)) (* (- 1.0 beta1) (* a (+ x off_x))))) 1.0 (ite (< (- (* beta1 (+ m off_m)) (* (- 1.0 beta1) (* a (+ x off_x)))) 0.0) (- 1.0) 0.0)) (* weight_decay (+ x off_x))))) (+ x (* step_size (- (ite (< 0.0 (- (* beta1 m) (* (- 1.0 beta1) (* a x)))) 1.0 (ite (< (- (* beta1 m) (* (- 1.0 beta1) (* a x))) 0.0) (- 1.0) 0.0)) (* weight_decay x))))) (* (- 1.0 (* step_size weight_decay)) off_x)) (= (- (- (* beta2 (+ m off_m)) (* (- 1.0 beta2) (* a (+ x off_x)))) (- (* beta2 m) (* (- 1.0 beta2) (* a x)))) (- (* (* 1.0 beta2) off_m) (* (- 1.0 beta2) (* a off_x)))))))
(check-sat)
