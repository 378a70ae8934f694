; lemma-fenchel-young-Truncated
; negates: Truncated: K(z) + K_M*(y) ≥ zy
; expected: unsat
(set-logic QF_NRA)
(declare-const radius Real)
(declare-const y Real)
(declare-const z Real)
(define-fun K_z () Real (ite (<= 0.0 z) z (* (- 1.0) z)))
(define-fun dual_y () Real (ite (<= (ite (<= 0.0 y) y (* (- 1.0) y)) 1.0) 0.0 (* radius (- (ite (<= 0.0 y) y (* (- 1.0) y)) 1.0))))
; M > 0
(assert (< 0.0 radius))
; |z| ≤ M
(assert (<= (ite (<= 0.0 z) z (* (- 1.0) z)) radius))
; and yet
(assert (not (<= (* z y) (+ K_z dual_y))))
(check-sat)
