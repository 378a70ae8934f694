; flow-boundary
; negates: no velocity points outward at the boundary
; expected: unsat
(set-logic QF_NRA)
(declare-const low Real)
(declare-const high Real)
(declare-const y Real)
(declare-const u Real)
(declare-const weight_decay Real)
(define-fun velocity () Real (* weight_decay (- u y)))
; dom K* = [l, h]
(assert (<= low high))
; u lies in dom K*
(assert (and (<= low u) (<= u high)))
; λ > 0
(assert (< 0.0 weight_decay))
; and yet
(assert (not (and (or (not (= y high)) (<= velocity 0.0)) (or (not (= y low)) (<= 0.0 velocity)))))
(check-sat)
