; Φ is between 0 and 3 in the box: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun eta () Real)
(declare-fun c () Real)
(declare-fun w () Real)
(assert
 (> eta 0.0))
(assert
 (<= eta 1.0))
(assert
 (= (* c (- 2.0 eta)) eta))
(assert
 (= (* w (- 2.0 eta)) (* 1.0 (+ 1.0 (* 2.0 c)))))
(assert
 (or (< w 0.0) (> w (* 3.0 1.0))))
(check-sat)
