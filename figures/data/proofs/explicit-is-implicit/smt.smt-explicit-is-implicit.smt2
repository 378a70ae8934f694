; explicit-is-implicit
; negates: the explicit step is the implicit one with η′ = η/(1−ηλ), whatever u
; expected: unsat
(set-logic QF_NRA)
(declare-const step_size Real)
(declare-const weight_decay Real)
(declare-const x Real)
(declare-const u Real)
; η > 0, λ ≥ 0
(assert (and (< 0.0 step_size) (<= 0.0 weight_decay)))
; ηλ < 1
(assert (< (* step_size weight_decay) 1.0))
; and yet
(assert (not (= (+ (* (- 1.0 (* step_size weight_decay)) x) (* step_size u)) (* (+ (- 1.0 (* step_size weight_decay)) (* step_size (* 1.0 weight_decay))) (+ x (* step_size (- u (* weight_decay x))))))))
(check-sat)
