; a smaller one is left, exact polar factor: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun P () Real)
(declare-fun rate () Real)
(declare-fun lambda () Real)
(declare-fun s () Real)
(declare-fun r () Real)
(declare-fun N () Real)
(declare-fun N_plus () Real)
(assert
 (= P 1.0))
(assert
 (> rate 0.0))
(assert
 (<= rate 1.0))
(assert
 (> lambda 0.0))
(assert
 (> s 0.0))
(assert
 (= (* r lambda) (* s P)))
(assert
 (>= N 0.0))
(assert
 (> r N))
(assert
 (let ((?x26 (* lambda N_plus)))
 (= ?x26 (+ (* (* (- 1.0 rate) lambda) N) (* (* rate s) P)))))
(assert
 (<= N_plus N))
(check-sat)
