; monotone-DeadZone
; negates: slopes of K are monotone
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const z Real)
(declare-const other_z Real)
(declare-const u Real)
(declare-const other_u Real)
; e > 0
(assert (< 0.0 bend))
; u is a slope of K
(assert (and (and (and (and (<= (- 1.0) u) (<= u 1.0)) (and (or (not (< bend z)) (= u 1.0)) (or (not (< z (* (- 1.0) bend))) (= u (- 1.0))))) (or (not (< z bend)) (<= u 0.0))) (or (not (< (* (- 1.0) bend) z)) (<= 0.0 u))))
; other_u is a slope of K
(assert (and (and (and (and (<= (- 1.0) other_u) (<= other_u 1.0)) (and (or (not (< bend other_z)) (= other_u 1.0)) (or (not (< other_z (* (- 1.0) bend))) (= other_u (- 1.0))))) (or (not (< other_z bend)) (<= other_u 0.0))) (or (not (< (* (- 1.0) bend) other_z)) (<= 0.0 other_u))))
; and yet
(assert (not (<= 0.0 (* (* 1.0 (- u other_u)) (- z other_z)))))
(check-sat)
