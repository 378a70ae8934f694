; conjugate-outside-Absolute
; negates: zy − K(z) > B for |y| > 1 and a z
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
(declare-const y Real)
(declare-const bound Real)
(define-fun K_z () Real (ite (<= 0.0 z) z (* (- 1.0) z)))
; |y| > 1
(assert (< 1.0 (ite (<= 0.0 y) y (* (- 1.0) y))))
; B > 0
(assert (< 0.0 bound))
; z = ±2B/(|y| − 1)
(assert (= (* z (ite (< 0.0 y) (- y 1.0) (+ y 1.0))) (* 2.0 bound)))
; and yet
(assert (not (< bound (- (* z y) (* 1.0 K_z)))))
(check-sat)
