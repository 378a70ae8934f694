; invariance-implicit
; negates: λx⁺ ∈ dom K* where λx ∈ dom K*
; expected: unsat
(set-logic QF_NRA)
(declare-const low Real)
(declare-const high Real)
(declare-const y Real)
(declare-const u Real)
(declare-const weight_decay Real)
(declare-const step_size Real)
(declare-const y_next Real)
; dom K* = [l, h]
(assert (<= low high))
; u lies in dom K*
(assert (and (<= low u) (<= u high)))
; η ≥ 0, λ > 0
(assert (and (<= 0.0 step_size) (< 0.0 weight_decay)))
; the implicit step
(assert (= y_next (+ y (* (* step_size weight_decay) (- u y_next)))))
; the set holds 0
(assert (and (<= low 0.0) (<= 0.0 high)))
; λx lies in dom K*
(assert (and (<= (* 1.0 low) y) (<= y (* 1.0 high))))
; and yet
(assert (not (and (<= (* 1.0 low) y_next) (<= y_next (* 1.0 high)))))
(check-sat)
