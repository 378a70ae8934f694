; score-sign-Absolute
; negates: S ≥ 0
; expected: unsat
(set-logic QF_NRA)
(declare-const y Real)
(declare-const g Real)
(define-fun K_minus_g () Real (ite (<= 0.0 (* (- 1.0) g)) (* (- 1.0) g) (* (- 1.0) (* (- 1.0) g))))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; and yet
(assert (not (<= 0.0 (+ (+ (* 1.0 K_minus_g) (* 1.0 (* y g))) (* 1.0 0.0)))))
(check-sat)
