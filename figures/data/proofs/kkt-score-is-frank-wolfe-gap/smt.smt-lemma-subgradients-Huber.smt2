; lemma-subgradients-Huber
; negates: Huber: K(v) ≥ K(z) + u(v − z) for u ∈ ∂K(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const v Real)
(declare-const u Real)
(declare-const K_v Real)
(declare-const K_z Real)
; e > 0
(assert (< 0.0 bend))
; u is a slope of K
(assert (or (or (and (<= bend z) (= u 1.0)) (and (<= z (* (- 1.0) bend)) (= u (- 1.0)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* bend u) z))))
; K_v is a value of K
(assert (or (or (and (<= bend v) (= (* 2.0 K_v) (- (* 2.0 v) bend))) (and (<= v (* (- 1.0) bend)) (= (* 2.0 K_v) (- (* (- 2.0) v) bend)))) (and (and (<= (* (- 1.0) bend) v) (<= v bend)) (= (* (* 2.0 bend) K_v) (* v v)))))
; K_z is a value of K
(assert (or (or (and (<= bend z) (= (* 2.0 K_z) (- (* 2.0 z) bend))) (and (<= z (* (- 1.0) bend)) (= (* 2.0 K_z) (- (* (- 2.0) z) bend)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* (* 2.0 bend) K_z) (* z z)))))
; and yet
(assert (not (<= (+ K_z (* u (- v z))) K_v)))
(check-sat)
