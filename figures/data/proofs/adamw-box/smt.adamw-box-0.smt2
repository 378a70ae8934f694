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
 (let ((?x243 (* beta1 beta1)))
 (< ?x243 beta2)))
(assert
 (> C2 0.0))
(assert
 (= (* (* C2 (- 1.0 beta2)) (- beta2 (* beta1 beta1))) (* (* (* 1.0 (- 1.0 beta1)) (- 1.0 beta1)) beta2)))
(assert
 (let ((?x65 (* m m)))
 (let ((?x59 (* C2 v)))
 (>= ?x59 ?x65))))
(assert
 (let ((?x81 (- 1.0 beta1)))
(let ((?x193 (* ?x81 g)))
(let ((?x73 (* beta1 m)))
(let ((?x138 (+ ?x73 ?x193)))
(let ((?x112 (* ?x138 ?x138)))
(let ((?x194 (+ (* beta2 v) (* (* (- 1.0 beta2) g) g))))
(let ((?x168 (* C2 ?x194)))
(< ?x168 ?x112)))))))))
(check-sat)
