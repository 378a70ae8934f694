; lemma-subgradients-Absolute
; negates: Absolute: K(v) ≥ K(z) + u(v − z) for u ∈ ∂K(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
(declare-const v Real)
(declare-const u Real)
(define-fun K_v () Real (ite (<= 0.0 v) v (* (- 1.0) v)))
(define-fun K_z () Real (ite (<= 0.0 z) z (* (- 1.0) z)))
; u is a slope of K
(assert (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< 0.0 z)) (= u 1.0))) (or (not (< z 0.0)) (= u (- 1.0)))))
; and yet
(assert (not (<= (+ K_z (* u (- v z))) K_v)))
(check-sat)
