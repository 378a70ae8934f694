; conjugate-moreau-Absolute
; negates: z − τr ∈ ∂K*(r)
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
(declare-const p Real)
(declare-const r Real)
(declare-const tau Real)
; τ > 0
(assert (< 0.0 tau))
; r = (z − p)/τ
(assert (= (* tau r) (- z p)))
; p = prox_τK(z)
(assert (and (and (and (<= (- 1.0) r) (<= r 1.0)) (or (not (< 0.0 p)) (= r 1.0))) (or (not (< p 0.0)) (= r (- 1.0)))))
; and yet
(assert (not (and (and (and (<= (- 1.0) r) (<= r 1.0)) (or (not (< r 1.0)) (<= (- z (* tau r)) 0.0))) (or (not (< (- 1.0) r)) (<= 0.0 (- z (* tau r)))))))
(check-sat)
