; conjugate-inequality-DeadZone
; negates: K(z) + K*(y) ≥ zy
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const y Real)
(define-fun K_z () Real (ite (<= bend z) (- z bend) (ite (<= z (* (- 1.0) bend)) (- (* (- 1.0) z) bend) 0.0)))
(define-fun dual_y () Real (* bend (ite (<= 0.0 y) y (* (- 1.0) y))))
; e > 0
(assert (< 0.0 bend))
; y ∈ dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; and yet
(assert (not (<= (* z y) (+ (* 1.0 K_z) (* 1.0 dual_y)))))
(check-sat)
