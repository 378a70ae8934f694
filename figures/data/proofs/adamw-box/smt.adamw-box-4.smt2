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
 (let ((?x17 (- 1.0 beta1)))
 (let ((?x39 (* 1.0 ?x17)))
 (= (* B2 (- 1.0 beta2)) ?x39))))
(assert
 (<= beta1 beta2))
(assert
 (>= v 0.0))
(assert
 (let ((?x107 (* B2 v)))
 (<= n ?x107)))
(assert
 (let ((?x25 (* beta1 n)))
(let ((?x27 (+ ?x25 (* (* (- 1.0 beta1) g) g))))
(> ?x27 (* B2 (+ (* beta2 v) (* (* (- 1.0 beta2) g) g)))))))
(check-sat)
