; explicit-decay
; negates: x⁺ = x + η′(u − λx⁺), and c at η′ is that of η
; expected: unsat
(set-logic QF_NRA)
(declare-const step_size Real)
(declare-const implicit_step_size Real)
(declare-const weight_decay Real)
(declare-const x Real)
(declare-const u Real)
(declare-const x_next Real)
(declare-const beta1 Real)
(declare-const beta2 Real)
(declare-const c Real)
(declare-const implicit_c Real)
; η > 0, λ ≥ 0, ηλ < 1
(assert (and (and (< 0.0 step_size) (<= 0.0 weight_decay)) (< (* step_size weight_decay) 1.0)))
; η′ = η/(1−ηλ)
(assert (= (* implicit_step_size (- 1.0 (* step_size weight_decay))) step_size))
; 0 ≤ β1, β2 ≤ 1
(assert (and (and (<= 0.0 beta1) (<= beta1 1.0)) (and (<= 0.0 beta2) (<= beta2 1.0))))
; D > 0
(assert (< 0.0 (+ (* (* step_size weight_decay) (- 1.0 beta1)) (* (- 1.0 (* step_size weight_decay)) (- 1.0 beta2)))))
; c of explicit decay
(assert (= (* c (+ (* (* step_size weight_decay) (- 1.0 beta1)) (* (- 1.0 (* step_size weight_decay)) (- 1.0 beta2)))) (* step_size beta1)))
; c at η′
(assert (= (* implicit_c (- (+ (* (* implicit_step_size weight_decay) (- 1.0 beta1)) 1.0) beta2)) (* implicit_step_size beta1)))
; the explicit step
(assert (= x_next (+ x (* step_size (- u (* weight_decay x))))))
; and yet
(assert (not (and (= x_next (+ x (* implicit_step_size (- u (* weight_decay x_next))))) (= c implicit_c))))
(check-sat)
