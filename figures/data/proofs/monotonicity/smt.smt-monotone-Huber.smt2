; monotone-Huber
; negates: slopes of K are monotone
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const other_z Real)
(declare-const u Real)
(declare-const other_u Real)
; e > 0
(assert (< 0.0 bend))
; u is a slope of K
(assert (or (or (and (<= bend z) (= u 1.0)) (and (<= z (* (- 1.0) bend)) (= u (- 1.0)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* bend u) z))))
; other_u is a slope of K
(assert (or (or (and (<= bend other_z) (= other_u 1.0)) (and (<= other_z (* (- 1.0) bend)) (= other_u (- 1.0)))) (and (and (<= (* (- 1.0) bend) other_z) (<= other_z bend)) (= (* bend other_u) other_z))))
; and yet
(assert (not (<= 0.0 (* (* 1.0 (- u other_u)) (- z other_z)))))
(check-sat)
