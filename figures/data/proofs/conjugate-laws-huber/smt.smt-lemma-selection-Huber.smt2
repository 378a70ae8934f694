; lemma-selection-Huber
; negates: Huber: ∂K(z) is not empty
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const quotient Real)
; e > 0
(assert (< 0.0 bend))
; quotient is z/e
(assert (= (* bend quotient) z))
; and yet
(assert (not (or (or (and (<= bend z) (= (ite (<= bend z) 1.0 (ite (<= z (* (- 1.0) bend)) (- 1.0) quotient)) 1.0)) (and (<= z (* (- 1.0) bend)) (= (ite (<= bend z) 1.0 (ite (<= z (* (- 1.0) bend)) (- 1.0) quotient)) (- 1.0)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* bend (ite (<= bend z) 1.0 (ite (<= z (* (- 1.0) bend)) (- 1.0) quotient))) z)))))
(check-sat)
