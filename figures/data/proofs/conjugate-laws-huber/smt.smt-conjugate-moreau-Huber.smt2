; conjugate-moreau-Huber
; negates: z − τr ∈ ∂K*(r)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const p Real)
(declare-const r Real)
(declare-const tau Real)
; e > 0
(assert (< 0.0 bend))
; τ > 0
(assert (< 0.0 tau))
; r = (z − p)/τ
(assert (= (* tau r) (- z p)))
; p = prox_τK(z)
(assert (or (or (and (<= bend p) (= r 1.0)) (and (<= p (* (- 1.0) bend)) (= r (- 1.0)))) (and (and (<= (* (- 1.0) bend) p) (<= p bend)) (= (* bend r) p))))
; and yet
(assert (not (or (or (and (= r 1.0) (<= bend (- z (* tau r)))) (and (= r (- 1.0)) (<= (- z (* tau r)) (* (- 1.0) bend)))) (and (and (< (- 1.0) r) (< r 1.0)) (= (- z (* tau r)) (* bend r))))))
(check-sat)
