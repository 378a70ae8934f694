; lemma-inside-Truncated
; negates: Truncated: K_M*(y) = K*(y) = 0
; expected: unsat
(set-logic QF_NRA)
(declare-const radius Real)
(declare-const y Real)
(define-fun dual_y () Real (ite (<= (ite (<= 0.0 y) y (* (- 1.0) y)) 1.0) 0.0 (* radius (- (ite (<= 0.0 y) y (* (- 1.0) y)) 1.0))))
; M > 0
(assert (< 0.0 radius))
; |y| ≤ 1
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; and yet
(assert (not (= dual_y 0.0)))
(check-sat)
