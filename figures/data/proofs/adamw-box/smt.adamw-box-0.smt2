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
 (let ((?x33 (* beta1 beta1)))
 (< ?x33 beta2)))
(assert
 (> C2 0.0))
(assert
 (= (* (* C2 (- 1.0 beta2)) (- beta2 (* beta1 beta1))) (* (* (* 1.0 (- 1.0 beta1)) (- 1.0 beta1)) beta2)))
(assert
 (let ((?x81 (* m m)))
 (let ((?x80 (* C2 v)))
 (>= ?x80 ?x81))))
(assert
 (let ((?x17 (- 1.0 beta1)))
(let ((?x18 (* ?x17 g)))
(let ((?x16 (* beta1 m)))
(let ((?x19 (+ ?x16 ?x18)))
(let ((?x84 (* ?x19 ?x19)))
(let ((?x20 (* beta2 v)))
(let ((?x24 (+ ?x20 (* (* (- 1.0 beta2) g) g))))
(let ((?x83 (* C2 ?x24)))
(< ?x83 ?x84))))))))))
(check-sat)
