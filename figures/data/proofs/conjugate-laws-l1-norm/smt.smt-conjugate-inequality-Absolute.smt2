; conjugate-inequality-Absolute
; negates: K(z) + K*(y) ≥ zy
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
(declare-const y Real)
(define-fun K_z () Real (ite (<= 0.0 z) z (* (- 1.0) z)))
; y ∈ dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; and yet
(assert (not (<= (* z y) (+ (* 1.0 K_z) (* 1.0 0.0)))))
(check-sat)
