; monotone-dual-DeadZone
; negates: slopes of K and of K* are monotone together
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const y Real)
(declare-const look_ahead Real)
(declare-const u Real)
(declare-const dual_slope Real)
; e > 0
(assert (< 0.0 bend))
; u is a slope of K
(assert (and (and (and (and (<= (- 1.0) u) (<= u 1.0)) (and (or (not (< bend look_ahead)) (= u 1.0)) (or (not (< look_ahead (* (- 1.0) bend))) (= u (- 1.0))))) (or (not (< look_ahead bend)) (<= u 0.0))) (or (not (< (* (- 1.0) bend) look_ahead)) (<= 0.0 u))))
; dual_slope is a slope of K*
(assert (or (or (or (or (and (= y 1.0) (<= bend dual_slope)) (and (= y (- 1.0)) (<= dual_slope (* (- 1.0) bend)))) (and (and (< 0.0 y) (< y 1.0)) (= dual_slope bend))) (and (and (< (- 1.0) y) (< y 0.0)) (= dual_slope (* (- 1.0) bend)))) (and (and (= y 0.0) (<= (* (- 1.0) bend) dual_slope)) (<= dual_slope bend))))
; and yet
(assert (not (<= 0.0 (* (- (* 1.0 u) y) (- look_ahead (* 1.0 dual_slope))))))
(check-sat)
