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
 (let ((?x15 (* beta1 beta1)))
 (< ?x15 beta2)))
(assert
 (> C2 0.0))
(assert
 (= (* (* C2 (- 1.0 beta2)) (- beta2 (* beta1 beta1))) (* (* (* 1.0 (- 1.0 beta1)) (- 1.0 beta1)) beta2)))
(assert
 (= (* (* beta1 (- 1.0 beta1)) g) (* (- beta2 (* beta1 beta1)) m)))
(assert
 (let ((?x51 (* beta2 m)))
(let (($x52 (and (distinct (* beta1 (+ (* beta1 m) (* (- 1.0 beta1) g))) ?x51) true)))
(let ((?x42 (+ (* beta1 m) (* (- 1.0 beta1) g))))
(let ((?x44 (- (* C2 (+ (* beta2 v) (* (* (- 1.0 beta2) g) g))) (* ?x42 ?x42))))
(or (and (distinct ?x44 (* beta2 (- (* C2 v) (* m m)))) true) $x52))))))
(check-sat)
