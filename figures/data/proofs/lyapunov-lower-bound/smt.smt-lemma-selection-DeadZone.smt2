; lemma-selection-DeadZone
; negates: DeadZone: ∂K(z) is not empty
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
; e > 0
(assert (< 0.0 bend))
; and yet
(assert (not (and (and (and (and (<= (- 1.0) (ite (< bend z) 1.0 (ite (< z (* (- 1.0) bend)) (- 1.0) 0.0))) (<= (ite (< bend z) 1.0 (ite (< z (* (- 1.0) bend)) (- 1.0) 0.0)) 1.0)) (and (or (not (< bend z)) (= (ite (< bend z) 1.0 (ite (< z (* (- 1.0) bend)) (- 1.0) 0.0)) 1.0)) (or (not (< z (* (- 1.0) bend))) (= (ite (< bend z) 1.0 (ite (< z (* (- 1.0) bend)) (- 1.0) 0.0)) (- 1.0))))) (or (not (< z bend)) (<= (ite (< bend z) 1.0 (ite (< z (* (- 1.0) bend)) (- 1.0) 0.0)) 0.0))) (or (not (< (* (- 1.0) bend) z)) (<= 0.0 (ite (< bend z) 1.0 (ite (< z (* (- 1.0) bend)) (- 1.0) 0.0)))))))
(check-sat)
