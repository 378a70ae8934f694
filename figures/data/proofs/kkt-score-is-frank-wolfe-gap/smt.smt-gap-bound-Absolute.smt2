; gap-bound-Absolute
; negates: S ≥ g(y − v) + K*(y) − K*(v)
; expected: unsat
(set-logic QF_NRA)
(declare-const y Real)
(declare-const g Real)
(define-fun K_minus_g () Real (ite (<= 0.0 (* (- 1.0) g)) (* (- 1.0) g) (* (- 1.0) (* (- 1.0) g))))
(declare-const v Real)
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; λx lies in dom K*
(assert (and (<= (- 1.0) v) (<= v 1.0)))
; and yet
(assert (not (<= (- (+ (* g (- y v)) 0.0) 0.0) (+ (+ (* 1.0 K_minus_g) (* 1.0 (* y g))) (* 1.0 0.0)))))
(check-sat)
