; monotone-dual-Absolute
; negates: slopes of K and of K* are monotone together
; expected: unsat
(set-logic QF_NRA)
(declare-const y Real)
(declare-const look_ahead Real)
(declare-const u Real)
(declare-const dual_slope Real)
; u is a slope of K
(assert (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< 0.0 look_ahead)) (= u 1.0))) (or (not (< look_ahead 0.0)) (= u (- 1.0)))))
; dual_slope is a slope of K*
(assert (and (and (and (<= (- 1.0) y) (<= y 1.0)) (or (not (< y 1.0)) (<= dual_slope 0.0))) (or (not (< (- 1.0) y)) (<= 0.0 dual_slope))))
; and yet
(assert (not (<= 0.0 (* (- (* 1.0 u) y) (- look_ahead (* 1.0 dual_slope))))))
(check-sat)
