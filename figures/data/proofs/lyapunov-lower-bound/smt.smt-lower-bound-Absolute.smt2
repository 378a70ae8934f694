; lower-bound-Absolute
; negates: H ≥ F
; expected: unsat
(set-logic QF_NRA)
(declare-const step_size Real)
(declare-const weight_decay Real)
(declare-const beta1 Real)
(declare-const beta2 Real)
(declare-const y Real)
(declare-const f Real)
(declare-const m Real)
(define-fun D () Real (+ (* (* step_size weight_decay) (- 1.0 beta1)) (- 1.0 beta2)))
(define-fun K_m () Real (ite (<= 0.0 m) m (* (- 1.0) m)))
; η, λ > 0
(assert (and (< 0.0 step_size) (< 0.0 weight_decay)))
; 0 ≤ β1, β2 ≤ 1, not both 1
(assert (and (and (and (<= 0.0 beta1) (<= beta1 1.0)) (and (<= 0.0 beta2) (<= beta2 1.0))) (< (+ beta1 beta2) 2.0)))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; and yet
(assert (not (<= 0.0 (+ (+ (* 0.0 (* (* weight_decay D) f)) (* 0.0 (* D 0.0))) (* (* (* step_size weight_decay) beta1) (- (+ (* 1.0 0.0) (* 1.0 K_m)) (* 1.0 (* y m))))))))
(check-sat)
