; lemma-dual-subgradients-DeadZone
; negates: DeadZone: K*(v) ≥ K*(u) + z(v − u) for z ∈ ∂K*(u)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const u Real)
(declare-const v Real)
(declare-const z Real)
(define-fun dual_v () Real (* bend (ite (<= 0.0 v) v (* (- 1.0) v))))
(define-fun dual_u () Real (* bend (ite (<= 0.0 u) u (* (- 1.0) u))))
; e > 0
(assert (< 0.0 bend))
; z is a slope of K*
(assert (or (or (or (or (and (= u 1.0) (<= bend z)) (and (= u (- 1.0)) (<= z (* (- 1.0) bend)))) (and (and (< 0.0 u) (< u 1.0)) (= z bend))) (and (and (< (- 1.0) u) (< u 0.0)) (= z (* (- 1.0) bend)))) (and (and (= u 0.0) (<= (* (- 1.0) bend) z)) (<= z bend))))
; λx lies in dom K*
(assert (and (<= (- 1.0) v) (<= v 1.0)))
; and yet
(assert (not (<= (+ dual_u (* z (- v u))) dual_v)))
(check-sat)
