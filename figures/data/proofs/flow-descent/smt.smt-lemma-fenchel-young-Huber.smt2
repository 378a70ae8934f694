; lemma-fenchel-young-Huber
; negates: Huber: K(z) + K*(u) ≥ zu, with equality exactly where u ∈ ∂K(z)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const u Real)
(declare-const K_z Real)
(define-fun dual_u () Real (* (* (* (/ 1.0 2.0) bend) u) u))
(define-fun gap () Real (- (+ K_z dual_u) (* z u)))
; e > 0
(assert (< 0.0 bend))
; λx lies in dom K*
(assert (and (<= (- 1.0) u) (<= u 1.0)))
; K_z is a value of K
(assert (or (or (and (<= bend z) (= (* 2.0 K_z) (- (* 2.0 z) bend))) (and (<= z (* (- 1.0) bend)) (= (* 2.0 K_z) (- (* (- 2.0) z) bend)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* (* 2.0 bend) K_z) (* z z)))))
; and yet
(assert (not (and (<= 0.0 gap) (or (and (or (or (and (<= bend z) (= u 1.0)) (and (<= z (* (- 1.0) bend)) (= u (- 1.0)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* bend u) z))) (= gap 0.0)) (and (not (or (or (and (<= bend z) (= u 1.0)) (and (<= z (* (- 1.0) bend)) (= u (- 1.0)))) (and (and (<= (* (- 1.0) bend) z) (<= z bend)) (= (* bend u) z)))) (< 0.0 gap))))))
(check-sat)
