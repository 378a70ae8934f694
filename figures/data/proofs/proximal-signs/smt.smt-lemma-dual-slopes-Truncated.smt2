; lemma-dual-slopes-Truncated
; negates: Truncated: K(z) + K_M*(y) = zy, |z| ≤ M for z ∈ ∂K_M*(y)
; expected: unsat
(set-logic QF_NRA)
(declare-const radius Real)
(declare-const y Real)
(declare-const z Real)
(define-fun K_z () Real (ite (<= 0.0 z) z (* (- 1.0) z)))
(define-fun dual_y () Real (ite (<= (ite (<= 0.0 y) y (* (- 1.0) y)) 1.0) 0.0 (* radius (- (ite (<= 0.0 y) y (* (- 1.0) y)) 1.0))))
; M > 0
(assert (< 0.0 radius))
; z is a slope of K*
(assert (or (or (or (or (and (< 1.0 y) (= z radius)) (and (< y (- 1.0)) (= z (* (- 1.0) radius)))) (and (and (= y 1.0) (<= 0.0 z)) (<= z radius))) (and (and (= y (- 1.0)) (<= (* (- 1.0) radius) z)) (<= z 0.0))) (and (and (< (- 1.0) y) (< y 1.0)) (= z 0.0))))
; and yet
(assert (not (and (<= (ite (<= 0.0 z) z (* (- 1.0) z)) radius) (= (+ K_z dual_y) (* z y)))))
(check-sat)
