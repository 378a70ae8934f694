; certificate-DeadZone
; negates: λ(F(x) − F(v)) ≤ S
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const weight_decay Real)
(declare-const y Real)
(declare-const v Real)
(declare-const g Real)
(declare-const drop Real)
(define-fun dual_y () Real (* bend (ite (<= 0.0 y) y (* (- 1.0) y))))
(define-fun dual_v () Real (* bend (ite (<= 0.0 v) v (* (- 1.0) v))))
(define-fun K_minus_g () Real (ite (<= bend (* (- 1.0) g)) (- (* (- 1.0) g) bend) (ite (<= (* (- 1.0) g) (* (- 1.0) bend)) (- (* (- 1.0) (* (- 1.0) g)) bend) 0.0)))
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
; and yet
(assert (not (<= (- (+ (* weight_decay drop) dual_y) dual_v) (+ (+ (* 1.0 K_minus_g) (* 1.0 (* y g))) (* 1.0 dual_y)))))
(check-sat)
