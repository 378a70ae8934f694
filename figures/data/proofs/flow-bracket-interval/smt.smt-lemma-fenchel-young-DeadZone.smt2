; lemma-fenchel-young-DeadZone
; negates: DeadZone: K(z) + K*(u) ≥ zu, with equality exactly where u ∈ ∂K(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const u Real)
(define-fun K_z () Real (ite (<= bend z) (- z bend) (ite (<= z (* (- 1.0) bend)) (- (* (- 1.0) z) bend) 0.0)))
(define-fun dual_u () Real (* bend (ite (<= 0.0 u) u (* (- 1.0) u))))
(define-fun gap () Real (- (+ K_z dual_u) (* z u)))
; e > 0
(assert (< 0.0 bend))
; λx lies in dom K*
(assert (and (<= (- 1.0) u) (<= u 1.0)))
; and yet
(assert (not (and (<= 0.0 gap) (or (and (and (and (and (and (<= (- 1.0) u) (<= u 1.0)) (and (or (not (< bend z)) (= u 1.0)) (or (not (< z (* (- 1.0) bend))) (= u (- 1.0))))) (or (not (< z bend)) (<= u 0.0))) (or (not (< (* (- 1.0) bend) z)) (<= 0.0 u))) (= gap 0.0)) (and (not (and (and (and (and (<= (- 1.0) u) (<= u 1.0)) (and (or (not (< bend z)) (= u 1.0)) (or (not (< z (* (- 1.0) bend))) (= u (- 1.0))))) (or (not (< z bend)) (<= u 0.0))) (or (not (< (* (- 1.0) bend) z)) (<= 0.0 u)))) (< 0.0 gap))))))
(check-sat)
