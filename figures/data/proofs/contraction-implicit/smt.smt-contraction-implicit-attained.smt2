; contraction-implicit-attained
; negates: dist⁺ = rate·dist under an outward push
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
; an outward push
(assert (and (or (not (< high y)) (= u high)) (or (not (< y low)) (= u low))))
; and yet
(assert (not (= (* (+ 1.0 (* step_size weight_decay)) (ite (< (* 1.0 high) y_next) (- y_next (* 1.0 high)) (ite (< y_next (* 1.0 low)) (- (* 1.0 low) y_next) 0.0))) (* 1.0 (ite (< (* 1.0 high) y) (- y (* 1.0 high)) (ite (< y (* 1.0 low)) (- (* 1.0 low) y) 0.0))))))
(check-sat)
