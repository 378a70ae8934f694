; C²v ≥ m² is kept: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun beta1 () Real)
(declare-fun beta2 () Real)
(declare-fun C2 () Real)
(declare-fun m () Real)
(declare-fun v () Real)
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
 (let ((?x15 (* beta1 beta1)))
 (< ?x15 beta2)))
(assert
 (> C2 0.0))
(assert
 (= (* (* C2 (- 1.0 beta2)) (- beta2 (* beta1 beta1))) (* (* (* 1.0 (- 1.0 beta1)) (- 1.0 beta1)) beta2)))
(assert
 (let ((?x31 (* m m)))
 (let ((?x29 (* C2 v)))
 (>= ?x29 ?x31))))
(assert
 (let ((?x41 (+ (* beta1 m) (* (- 1.0 beta1) g))))
(< (* C2 (+ (* beta2 v) (* (* (- 1.0 beta2) g) g))) (* ?x41 ?x41))))
(check-sat)
