; lemma-fenchel-young-Absolute
; negates: Absolute: K(z) + K*(u) ≥ zu, with equality exactly where u ∈ ∂K(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
(declare-const u Real)
(define-fun K_z () Real (ite (<= 0.0 z) z (* (- 1.0) z)))
(define-fun gap () Real (- (+ K_z 0.0) (* z u)))
; λx lies in dom K*
(assert (and (<= (- 1.0) u) (<= u 1.0)))
; and yet
(assert (not (and (<= 0.0 gap) (or (and (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< 0.0 z)) (= u 1.0))) (or (not (< z 0.0)) (= u (- 1.0)))) (= gap 0.0)) (and (not (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< 0.0 z)) (= u 1.0))) (or (not (< z 0.0)) (= u (- 1.0))))) (< 0.0 gap))))))
(check-sat)
