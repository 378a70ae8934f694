; conjugate-outside-Huber
; negates: zy − K(z) > B for |y| > 1 and a z
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const y Real)
(declare-const bound Real)
(declare-const K_z Real)
; e > 0
(assert (< 0.0 bend))
; |y| > 1
(assert (< 1.0 (ite (<= 0.0 y) y (* (- 1.0) y))))
; B > 0
(assert (< 0.0 bound))
; z = ±2B/(|y| − 1)
(assert (= (* z (ite (< 0.0 y) (- y 1.0) (+ y 1.0))) (* 2.0 bound)))
; K_z is a value of K
(assert (or (or (and (<= bend z) (= (* 2.0 K_z) (- (* 2.0 z) bend))) (and (<= z (* (- 1.0) bend)) (= (* 2.0 K_z) (- (* (- 2.0) z) bend)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* (* 2.0 bend) K_z) (* z z)))))
; and yet
(assert (not (< bound (- (* z y) (* 1.0 K_z)))))
(check-sat)
