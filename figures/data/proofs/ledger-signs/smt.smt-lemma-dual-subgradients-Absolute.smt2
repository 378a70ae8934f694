; lemma-dual-subgradients-Absolute
; negates: Absolute: K*(v) ≥ K*(u) + z(v − u) for z ∈ ∂K*(u)
; expected: unsat
(set-logic QF_NRA)
(declare-const u Real)
(declare-const v Real)
(declare-const z Real)
; z is a slope of K*
(assert (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< u 1.0)) (<= z 0.0))) (or (not (< (- 1.0) u)) (<= 0.0 z))))
; λx lies in dom K*
(assert (and (<= (- 1.0) v) (<= v 1.0)))
; and yet
(assert (not (<= (+ 0.0 (* z (- v u))) 0.0)))
(check-sat)
