; lemma-inverse-Huber
; negates: Huber: u ∈ ∂K(z) ⇔ z ∈ ∂K*(u)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const u Real)
; e > 0
(assert (< 0.0 bend))
; and yet
(assert (not (or (and (or (or (and (<= bend z) (= u 1.0)) (and (<= z (* (- 1.0) bend)) (= u (- 1.0)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* bend u) z))) (or (or (and (= u 1.0) (<= bend z)) (and (= u (- 1.0)) (<= z (* (- 1.0) bend)))) (and (and (< (- 1.0) u) (< u 1.0)) (= z (* bend u))))) (not (or (or (or (and (<= bend z) (= u 1.0)) (and (<= z (* (- 1.0) bend)) (= u (- 1.0)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* bend u) z))) (or (or (and (= u 1.0) (<= bend z)) (and (= u (- 1.0)) (<= z (* (- 1.0) bend)))) (and (and (< (- 1.0) u) (< u 1.0)) (= z (* bend u)))))))))
(check-sat)
