; score-sign-DeadZone
; negates: S ≥ 0
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const y Real)
(declare-const g Real)
(define-fun K_minus_g () Real (ite (<= bend (* (- 1.0) g)) (- (* (- 1.0) g) bend) (ite (<= (* (- 1.0) g) (* (- 1.0) bend)) (- (* (- 1.0) (* (- 1.0) g)) bend) 0.0)))
(define-fun dual_y () Real (* bend (ite (<= 0.0 y) y (* (- 1.0) y))))
; e > 0
(assert (< 0.0 bend))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; and yet
(assert (not (<= 0.0 (+ (+ (* 1.0 K_minus_g) (* 1.0 (* y g))) (* 1.0 dual_y)))))
(check-sat)
