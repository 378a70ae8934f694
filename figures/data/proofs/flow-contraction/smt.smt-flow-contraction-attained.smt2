; flow-contraction-attained
; negates: dist⁺ = rate·dist under an outward push
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
; λx lies outside the set
(assert (or (< (* 1.0 high) y) (< y (* 1.0 low))))
; the set holds 0
(assert (and (<= low 0.0) (<= 0.0 high)))
; an outward push
(assert (and (or (not (< high y)) (= u high)) (or (not (< y low)) (= u low))))
; and yet
(assert (not (= (ite (< (* 1.0 high) y) velocity (* (- 1.0) velocity)) (* (* (- 1.0) weight_decay) (ite (< (* 1.0 high) y) (- y (* 1.0 high)) (ite (< y (* 1.0 low)) (- (* 1.0 low) y) 0.0))))))
(check-sat)
