; lemma-inverse-Absolute
; negates: Absolute: u ∈ ∂K(z) ⇔ z ∈ ∂K*(u)
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
(declare-const u Real)
; and yet
(assert (not (or (and (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< 0.0 z)) (= u 1.0))) (or (not (< z 0.0)) (= u (- 1.0)))) (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< u 1.0)) (<= z 0.0))) (or (not (< (- 1.0) u)) (<= 0.0 z)))) (not (or (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< 0.0 z)) (= u 1.0))) (or (not (< z 0.0)) (= u (- 1.0)))) (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< u 1.0)) (<= z 0.0))) (or (not (< (- 1.0) u)) (<= 0.0 z))))))))
(check-sat)
