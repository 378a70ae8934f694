; gap-attained-DeadZone
; negates: S = g(y − v) + K*(y) − K*(v)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const y Real)
(declare-const g Real)
(define-fun K_minus_g () Real (ite (<= bend (* (- 1.0) g)) (- (* (- 1.0) g) bend) (ite (<= (* (- 1.0) g) (* (- 1.0) bend)) (- (* (- 1.0) (* (- 1.0) g)) bend) 0.0)))
(define-fun dual_y () Real (* bend (ite (<= 0.0 y) y (* (- 1.0) y))))
(declare-const v Real)
(define-fun dual_v () Real (* bend (ite (<= 0.0 v) v (* (- 1.0) v))))
; e > 0
(assert (< 0.0 bend))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; v is a slope of K
(assert (and (and (and (and (<= (- 1.0) v) (<= v 1.0)) (and (or (not (< bend (* (- 1.0) g))) (= v 1.0)) (or (not (< (* (- 1.0) g) (* (- 1.0) bend))) (= v (- 1.0))))) (or (not (< (* (- 1.0) g) bend)) (<= v 0.0))) (or (not (< (* (- 1.0) bend) (* (- 1.0) g))) (<= 0.0 v))))
; λx lies in dom K*
(assert (and (<= (- 1.0) v) (<= v 1.0)))
; and yet
(assert (not (= (+ (+ (* 1.0 K_minus_g) (* 1.0 (* y g))) (* 1.0 dual_y)) (- (+ (* g (- y v)) dual_y) dual_v))))
(check-sat)
