; monotone-Absolute
; negates: slopes of K are monotone
; expected: unsat
(set-logic QF_NRA)
(declare-const z Real)
(declare-const other_z Real)
(declare-const u Real)
(declare-const other_u Real)
; u is a slope of K
(assert (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< 0.0 z)) (= u 1.0))) (or (not (< z 0.0)) (= u (- 1.0)))))
; other_u is a slope of K
(assert (and (and (and (<= (- 1.0) other_u) (<= other_u 1.0)) (or (not (< 0.0 other_z)) (= other_u 1.0))) (or (not (< other_z 0.0)) (= other_u (- 1.0)))))
; and yet
(assert (not (<= 0.0 (* (* 1.0 (- u other_u)) (- z other_z)))))
(check-sat)
