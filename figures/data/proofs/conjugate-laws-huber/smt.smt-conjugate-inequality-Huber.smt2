; conjugate-inequality-Huber
; negates: K(z) + K*(y) ≥ zy
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const y Real)
(declare-const K_z Real)
(define-fun dual_y () Real (* (* (* (/ 1.0 2.0) bend) y) y))
; e > 0
(assert (< 0.0 bend))
; y ∈ dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; K_z is a value of K
(assert (or (or (and (<= bend z) (= (* 2.0 K_z) (- (* 2.0 z) bend))) (and (<= z (* (- 1.0) bend)) (= (* 2.0 K_z) (- (* (- 2.0) z) bend)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* (* 2.0 bend) K_z) (* z z)))))
; and yet
(assert (not (<= (* z y) (+ (* 1.0 K_z) (* 1.0 dual_y)))))
(check-sat)
