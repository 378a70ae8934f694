; gap-bound-Huber
; negates: S ≥ g(y − v) + K*(y) − K*(v)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const y Real)
(declare-const g Real)
(declare-const K_minus_g Real)
(define-fun dual_y () Real (* (* (* (/ 1.0 2.0) bend) y) y))
(declare-const v Real)
(define-fun dual_v () Real (* (* (* (/ 1.0 2.0) bend) v) v))
; e > 0
(assert (< 0.0 bend))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; K_minus_g is a value of K
(assert (or (or (and (<= bend (* (- 1.0) g)) (= (* 2.0 K_minus_g) (- (* 2.0 (* (- 1.0) g)) bend))) (and (<= (* (- 1.0) g) (* (- 1.0) bend)) (= (* 2.0 K_minus_g) (- (* (- 2.0) (* (- 1.0) g)) bend)))) (and (and (<= (* (- 1.0) bend) (* (- 1.0) g)) (<= (* (- 1.0) g) bend)) (= (* (* 2.0 bend) K_minus_g) (* (* (- 1.0) g) (* (- 1.0) g))))))
; λx lies in dom K*
(assert (and (<= (- 1.0) v) (<= v 1.0)))
; and yet
(assert (not (<= (- (+ (* g (- y v)) dual_y) dual_v) (+ (+ (* 1.0 K_minus_g) (* 1.0 (* y g))) (* 1.0 dual_y)))))
(check-sat)
