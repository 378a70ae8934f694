; lemma-selection-Absolute
; negates: Absolute: ∂K(z) is not empty
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
; and yet
(assert (not (and (and (and (<= (- 1.0) (ite (< 0.0 z) 1.0 (ite (< z 0.0) (- 1.0) 0.0))) (<= (ite (< 0.0 z) 1.0 (ite (< z 0.0) (- 1.0) 0.0)) 1.0)) (or (not (< 0.0 z)) (= (ite (< 0.0 z) 1.0 (ite (< z 0.0) (- 1.0) 0.0)) 1.0))) (or (not (< z 0.0)) (= (ite (< 0.0 z) 1.0 (ite (< z 0.0) (- 1.0) 0.0)) (- 1.0))))))
(check-sat)
