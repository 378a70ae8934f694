; growth by β2/β1 leaves C²v − m² to shrink by β2, as m² grows: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun beta1 () Real)
(declare-fun beta2 () Real)
(declare-fun C2 () Real)
(declare-fun m () Real)
(declare-fun g () Real)
(declare-fun v () Real)
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
 (= (* (* beta1 (- 1.0 beta1)) g) (* (- beta2 (* beta1 beta1)) m)))
(assert
 (let ((?x91 (* beta2 m)))
(let (($x92 (and (distinct (* beta1 (+ (* beta1 m) (* (- 1.0 beta1) g))) ?x91) true)))
(let ((?x17 (- 1.0 beta1)))
(let ((?x18 (* ?x17 g)))
(let ((?x16 (* beta1 m)))
(let ((?x19 (+ ?x16 ?x18)))
(let ((?x84 (* ?x19 ?x19)))
(let ((?x20 (* beta2 v)))
(let ((?x24 (+ ?x20 (* (* (- 1.0 beta2) g) g))))
(let ((?x83 (* C2 ?x24)))
(or (and (distinct (- ?x83 ?x84) (* beta2 (- (* C2 v) (* m m)))) true) $x92))))))))))))
(check-sat)
