; contraction-explicit
; negates: dist⁺ ≤ rate·dist, without the premise: ηλ ≤ 1
; expected: sat
(set-logic QF_NRA)
(declare-const low Real)
(declare-const high Real)
(declare-const y Real)
(declare-const u Real)
(declare-const weight_decay Real)
(declare-const step_size Real)
(define-fun y_next () Real (+ y (* (* step_size weight_decay) (- u y))))
; dom K* = [l, h]
(assert (<= low high))
; u lies in dom K*
(assert (and (<= low u) (<= u high)))
; η ≥ 0, λ > 0
(assert (and (<= 0.0 step_size) (< 0.0 weight_decay)))
(assert (= low (- 1.0)))
(assert (= high 1.0))
(assert (= step_size 3.0))
(assert (= weight_decay 1.0))
; and yet
(assert (not (<= (* 1.0 (ite (< (* 1.0 high) y_next) (- y_next (* 1.0 high)) (ite (< y_next (* 1.0 low)) (- (* 1.0 low) y_next) 0.0))) (* (- 1.0 (* step_size weight_decay)) (ite (< (* 1.0 high) y) (- y (* 1.0 high)) (ite (< y (* 1.0 low)) (- (* 1.0 low) y) 0.0))))))
(assert (or (< high y) (< y low)))
(check-sat)
