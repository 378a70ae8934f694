; n ≤ B²v is kept: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun beta1 () Real)
(declare-fun beta2 () Real)
(declare-fun B2 () Real)
(declare-fun v () Real)
(declare-fun n () Real)
(declare-fun g () Real)
(assert
 (> beta1 0.0))
(assert
 (< beta1 1.0))
(assert
 (> beta2 0.0))
(assert
 (< beta2 1.0))
(assert
 (> B2 0.0))
(assert
 (= (* B2 (- 1.0 beta2)) (* 1.0 (- 1.0 beta1))))
(assert
 (<= beta1 beta2))
(assert
 (>= v 0.0))
(assert
 (let ((?x26 (* B2 v)))
 (<= n ?x26)))
(assert
 (> (+ (* beta1 n) (* (* (- 1.0 beta1) g) g)) (* B2 (+ (* beta2 v) (* (* (- 1.0 beta2) g) g)))))
(check-sat)
