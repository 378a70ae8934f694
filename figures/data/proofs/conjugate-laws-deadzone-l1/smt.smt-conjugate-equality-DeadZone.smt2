; conjugate-equality-DeadZone
; negates: K(z) + K*(u) = zu and u ∈ dom K* for u = ∇K(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const selected Real)
(define-fun u () Real (* 1.0 selected))
(define-fun K_z () Real (ite (<= bend z) (- z bend) (ite (<= z (* (- 1.0) bend)) (- (* (- 1.0) z) bend) 0.0)))
(define-fun dual_u () Real (* bend (ite (<= 0.0 u) u (* (- 1.0) u))))
; e > 0
(assert (< 0.0 bend))
; ∇K(z)
(assert (= selected (ite (< bend z) 1.0 (ite (< z (* (- 1.0) bend)) (- 1.0) 0.0))))
; and yet
(assert (not (and (= (+ (* 1.0 K_z) (* 1.0 dual_u)) (* z u)) (and (<= (- 1.0) u) (<= u 1.0)))))
(check-sat)
