; conjugate-homogeneity-Absolute
; negates: K(tz) = tK(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
(declare-const t Real)
(define-fun K_tz () Real (ite (<= 0.0 (* t z)) (* t z) (* (- 1.0) (* t z))))
(define-fun K_z () Real (ite (<= 0.0 z) z (* (- 1.0) z)))
; t > 0
(assert (< 0.0 t))
; and yet
(assert (not (= K_tz (* t K_z))))
(check-sat)
