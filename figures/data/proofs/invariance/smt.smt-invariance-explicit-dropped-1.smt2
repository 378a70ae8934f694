; invariance-explicit
; negates: λx⁺ ∈ dom K* where λx ∈ dom K*, without the premise: u lies in dom K*
; expected: sat
(set-logic QF_NRA)
(declare-const low Real)
(declare-const high Real)
(declare-const y Real)
(declare-const u Real)
(declare-const weight_decay Real)
(declare-const step_size Real)
(define-fun y_next () Real (+ y (* (* step_size weight_decay) (- u y))))
(define-fun y_kept () Real (+ y (* (* step_size weight_decay) (- u (* 1.0 y)))))
; dom K* = [l, h]
(assert (<= low high))
; η ≥ 0, λ > 0
(assert (and (<= 0.0 step_size) (< 0.0 weight_decay)))
; ηλ ≤ 1
(assert (<= (* step_size weight_decay) 1.0))
; the set holds 0
(assert (and (<= low 0.0) (<= 0.0 high)))
; λx lies in dom K*
(assert (and (<= (* 1.0 low) y) (<= y (* 1.0 high))))
(assert (= low (- 1.0)))
(assert (= high 1.0))
(assert (= step_size (/ 1.0 10.0)))
(assert (= weight_decay (/ 1.0 2.0)))
; and yet
(assert (not (and (<= (* 1.0 low) y_kept) (<= y_kept (* 1.0 high)))))
(check-sat)
