; conjugate-homogeneity-DeadZone
; negates: K(4e) ≠ 2K(2e), K*(1) ≠ 0
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(define-fun K_far () Real (ite (<= bend (* 4.0 bend)) (- (* 4.0 bend) bend) (ite (<= (* 4.0 bend) (* (- 1.0) bend)) (- (* (- 1.0) (* 4.0 bend)) bend) 0.0)))
(define-fun K_near () Real (ite (<= bend (* 2.0 bend)) (- (* 2.0 bend) bend) (ite (<= (* 2.0 bend) (* (- 1.0) bend)) (- (* (- 1.0) (* 2.0 bend)) bend) 0.0)))
(define-fun dual_one () Real (* bend (ite (<= 0.0 1.0) 1.0 (* (- 1.0) 1.0))))
; e > 0
(assert (< 0.0 bend))
; and yet
(assert (not (and (not (= K_far (* 2.0 K_near))) (not (= dual_one 0.0)))))
(check-sat)
