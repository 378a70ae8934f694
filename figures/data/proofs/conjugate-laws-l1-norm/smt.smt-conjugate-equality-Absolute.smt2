; conjugate-equality-Absolute
; negates: K(z) + K*(u) = zu and u ∈ dom K* for u = ∇K(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
(declare-const selected Real)
(define-fun u () Real (* 1.0 selected))
(define-fun K_z () Real (ite (<= 0.0 z) z (* (- 1.0) z)))
; ∇K(z)
(assert (= selected (ite (< 0.0 z) 1.0 (ite (< z 0.0) (- 1.0) 0.0))))
; and yet
(assert (not (and (= (+ (* 1.0 K_z) (* 1.0 0.0)) (* z u)) (and (<= (- 1.0) u) (<= u 1.0)))))
(check-sat)
