; score-sign-Huber
; negates: S ≥ 0
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const y Real)
(declare-const g Real)
(declare-const K_minus_g Real)
(define-fun dual_y () Real (* (* (* (/ 1.0 2.0) bend) y) y))
; e > 0
(assert (< 0.0 bend))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; K_minus_g is a value of K
(assert (or (or (and (<= bend (* (- 1.0) g)) (= (* 2.0 K_minus_g) (- (* 2.0 (* (- 1.0) g)) bend))) (and (<= (* (- 1.0) g) (* (- 1.0) bend)) (= (* 2.0 K_minus_g) (- (* (- 2.0) (* (- 1.0) g)) bend)))) (and (and (<= (* (- 1.0) bend) (* (- 1.0) g)) (<= (* (- 1.0) g) bend)) (= (* (* 2.0 bend) K_minus_g) (* (* (- 1.0) g) (* (- 1.0) g))))))
; and yet
(assert (not (<= 0.0 (+ (+ (* 1.0 K_minus_g) (* 1.0 (* y g))) (* 1.0 dual_y)))))
(check-sat)
