; conjugate-moreau-DeadZone
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
(assert (and (and (and (and (<= (- 1.0) r) (<= r 1.0)) (and (or (not (< bend p)) (= r 1.0)) (or (not (< p (* (- 1.0) bend))) (= r (- 1.0))))) (or (not (< p bend)) (<= r 0.0))) (or (not (< (* (- 1.0) bend) p)) (<= 0.0 r))))
; and yet
(assert (not (or (or (or (or (and (= r 1.0) (<= bend (- z (* tau r)))) (and (= r (- 1.0)) (<= (- z (* tau r)) (* (- 1.0) bend)))) (and (and (< 0.0 r) (< r 1.0)) (= (- z (* tau r)) bend))) (and (and (< (- 1.0) r) (< r 0.0)) (= (- z (* tau r)) (* (- 1.0) bend)))) (and (and (= r 0.0) (<= (* (- 1.0) bend) (- z (* tau r)))) (<= (- z (* tau r)) bend)))))
(check-sat)
