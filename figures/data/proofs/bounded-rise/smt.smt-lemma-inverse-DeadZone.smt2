; lemma-inverse-DeadZone
; negates: DeadZone: u ∈ ∂K(z) ⇔ z ∈ ∂K*(u)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const u Real)
; e > 0
(assert (< 0.0 bend))
; and yet
(assert (not (or (and (and (and (and (and (<= (- 1.0) u) (<= u 1.0)) (and (or (not (< bend z)) (= u 1.0)) (or (not (< z (* (- 1.0) bend))) (= u (- 1.0))))) (or (not (< z bend)) (<= u 0.0))) (or (not (< (* (- 1.0) bend) z)) (<= 0.0 u))) (or (or (or (or (and (= u 1.0) (<= bend z)) (and (= u (- 1.0)) (<= z (* (- 1.0) bend)))) (and (and (< 0.0 u) (< u 1.0)) (= z bend))) (and (and (< (- 1.0) u) (< u 0.0)) (= z (* (- 1.0) bend)))) (and (and (= u 0.0) (<= (* (- 1.0) bend) z)) (<= z bend)))) (not (or (and (and (and (and (<= (- 1.0) u) (<= u 1.0)) (and (or (not (< bend z)) (= u 1.0)) (or (not (< z (* (- 1.0) bend))) (= u (- 1.0))))) (or (not (< z bend)) (<= u 0.0))) (or (not (< (* (- 1.0) bend) z)) (<= 0.0 u))) (or (or (or (or (and (= u 1.0) (<= bend z)) (and (= u (- 1.0)) (<= z (* (- 1.0) bend)))) (and (and (< 0.0 u) (< u 1.0)) (= z bend))) (and (and (< (- 1.0) u) (< u 0.0)) (= z (* (- 1.0) bend)))) (and (and (= u 0.0) (<= (* (- 1.0) bend) z)) (<= z bend))))))))
(check-sat)
