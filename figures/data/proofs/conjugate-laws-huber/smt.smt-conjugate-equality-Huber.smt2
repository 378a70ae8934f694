; conjugate-equality-Huber
; negates: K(z) + K*(u) = zu and u ∈ dom K* for u = ∇K(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const selected Real)
(declare-const quotient Real)
(define-fun u () Real (* 1.0 selected))
(declare-const K_z Real)
(define-fun dual_u () Real (* (* (* (/ 1.0 2.0) bend) u) u))
; e > 0
(assert (< 0.0 bend))
; quotient is z/e
(assert (= (* bend quotient) z))
; ∇K(z)
(assert (= selected (ite (<= bend z) 1.0 (ite (<= z (* (- 1.0) bend)) (- 1.0) quotient))))
; K_z is a value of K
(assert (or (or (and (<= bend z) (= (* 2.0 K_z) (- (* 2.0 z) bend))) (and (<= z (* (- 1.0) bend)) (= (* 2.0 K_z) (- (* (- 2.0) z) bend)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* (* 2.0 bend) K_z) (* z z)))))
; and yet
(assert (not (and (= (+ (* 1.0 K_z) (* 1.0 dual_u)) (* z u)) (and (<= (- 1.0) u) (<= u 1.0)))))
(check-sat)
