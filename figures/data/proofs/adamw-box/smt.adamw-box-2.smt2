; C² > 1 for β1 < β2: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun beta1 () Real)
(declare-fun beta2 () Real)
(declare-fun C2 () Real)
(assert
 (> beta1 0.0))
(assert
 (< beta1 1.0))
(assert
 (> beta2 0.0))
(assert
 (< beta2 1.0))
(assert
 (let ((?x15 (* beta1 beta1)))
 (< ?x15 beta2)))
(assert
 (> C2 0.0))
(assert
 (= (* (* C2 (- 1.0 beta2)) (- beta2 (* beta1 beta1))) (* (* (* 1.0 (- 1.0 beta1)) (- 1.0 beta1)) beta2)))
(assert
 (< beta1 beta2))
(assert
 (>= 1.0 C2))
(check-sat)
