; certificate-Huber
; negates: λ(F(x) − F(v)) ≤ S
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const weight_decay Real)
(declare-const y Real)
(declare-const v Real)
(declare-const g Real)
(declare-const drop Real)
(define-fun dual_y () Real (* (* (* (/ 1.0 2.0) bend) y) y))
(define-fun dual_v () Real (* (* (* (/ 1.0 2.0) bend) v) v))
(declare-const K_minus_g Real)
; e > 0
(assert (< 0.0 bend))
; λ > 0
(assert (< 0.0 weight_decay))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; λx lies in dom K*
(assert (and (<= (- 1.0) v) (<= v 1.0)))
; f is convex: f(x) − f(v) ≤ g(x − v)
(assert (<= (* weight_decay drop) (* g (- y v))))
; K_minus_g is a value of K
(assert (or (or (and (<= bend (* (- 1.0) g)) (= (* 2.0 K_minus_g) (- (* 2.0 (* (- 1.0) g)) bend))) (and (<= (* (- 1.0) g) (* (- 1.0) bend)) (= (* 2.0 K_minus_g) (- (* (- 2.0) (* (- 1.0) g)) bend)))) (and (and (<= (* (- 1.0) bend) (* (- 1.0) g)) (<= (* (- 1.0) g) bend)) (= (* (* 2.0 bend) K_minus_g) (* (* (- 1.0) g) (* (- 1.0) g))))))
; and yet
(assert (not (<= (- (+ (* weight_decay drop) dual_y) dual_v) (+ (+ (* 1.0 K_minus_g) (* 1.0 (* y g))) (* 1.0 dual_y)))))
(check-sat)
