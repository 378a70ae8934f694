; conjugate-homogeneity-Huber
; negates: K(4e) ≠ 2K(2e), K*(1) ≠ 0
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const K_far Real)
(declare-const K_near Real)
(define-fun dual_one () Real (* (* (* (/ 1.0 2.0) bend) 1.0) 1.0))
; e > 0
(assert (< 0.0 bend))
; K_far is a value of K
(assert (or (or (and (<= bend (* 4.0 bend)) (= (* 2.0 K_far) (- (* 2.0 (* 4.0 bend)) bend))) (and (<= (* 4.0 bend) (* (- 1.0) bend)) (= (* 2.0 K_far) (- (* (- 2.0) (* 4.0 bend)) bend)))) (and (and (<= (* (- 1.0) bend) (* 4.0 bend)) (<= (* 4.0 bend) bend)) (= (* (* 2.0 bend) K_far) (* (* 4.0 bend) (* 4.0 bend))))))
; K_near is a value of K
(assert (or (or (and (<= bend (* 2.0 bend)) (= (* 2.0 K_near) (- (* 2.0 (* 2.0 bend)) bend))) (and (<= (* 2.0 bend) (* (- 1.0) bend)) (= (* 2.0 K_near) (- (* (- 2.0) (* 2.0 bend)) bend)))) (and (and (<= (* (- 1.0) bend) (* 2.0 bend)) (<= (* 2.0 bend) bend)) (= (* (* 2.0 bend) K_near) (* (* 2.0 bend) (* 2.0 bend))))))
; and yet
(assert (not (and (not (= K_far (* 2.0 K_near))) (not (= dual_one 0.0)))))
(check-sat)
