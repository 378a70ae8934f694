; gap-attained-Absolute
; negates: S = g(y − v) + K*(y) − K*(v)
; expected: unsat
(set-logic QF_NRA)
(declare-const y Real)
(declare-const g Real)
(define-fun K_minus_g () Real (ite (<= 0.0 (* (- 1.0) g)) (* (- 1.0) g) (* (- 1.0) (* (- 1.0) g))))
(declare-const v Real)
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; v is a slope of K
(assert (and (and (and (<= (- 1.0) v) (<= v 1.0)) (or (not (< 0.0 (* (- 1.0) g))) (= v 1.0))) (or (not (< (* (- 1.0) g) 0.0)) (= v (- 1.0)))))
; λx lies in dom K*
(assert (and (<= (- 1.0) v) (<= v 1.0)))
; and yet
(assert (not (= (+ (+ (* 1.0 K_minus_g) (* 1.0 (* y g))) (* 1.0 0.0)) (- (+ (* g (- y v)) 0.0) 0.0))))
(check-sat)
