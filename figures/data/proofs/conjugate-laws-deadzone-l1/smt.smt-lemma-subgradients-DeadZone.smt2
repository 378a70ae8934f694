; lemma-subgradients-DeadZone
; negates: DeadZone: K(v) ≥ K(z) + u(v − z) for u ∈ ∂K(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const v Real)
(declare-const u Real)
(define-fun K_v () Real (ite (<= bend v) (- v bend) (ite (<= v (* (- 1.0) bend)) (- (* (- 1.0) v) bend) 0.0)))
(define-fun K_z () Real (ite (<= bend z) (- z bend) (ite (<= z (* (- 1.0) bend)) (- (* (- 1.0) z) bend) 0.0)))
; e > 0
(assert (< 0.0 bend))
; u is a slope of K
(assert (and (and (and (and (<= (- 1.0) u) (<= u 1.0)) (and (or (not (< bend z)) (= u 1.0)) (or (not (< z (* (- 1.0) bend))) (= u (- 1.0))))) (or (not (< z bend)) (<= u 0.0))) (or (not (< (* (- 1.0) bend) z)) (<= 0.0 u))))
; and yet
(assert (not (<= (+ K_z (* u (- v z))) K_v)))
(check-sat)
