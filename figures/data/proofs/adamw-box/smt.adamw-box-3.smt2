; m² ≤ (1−p)n is kept: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun beta1 () Real)
(declare-fun p () Real)
(declare-fun n () Real)
(declare-fun m () Real)
(declare-fun g () Real)
(assert
 (> beta1 0.0))
(assert
 (< beta1 1.0))
(assert
 (>= p 0.0))
(assert
 (<= p 1.0))
(assert
 (>= n 0.0))
(assert
 (let ((?x18 (* m m)))
 (<= ?x18 (* (- 1.0 p) n))))
(assert
 (let ((?x33 (* (- 1.0 (* beta1 p)) (+ (* beta1 n) (* (* (- 1.0 beta1) g) g)))))
(let ((?x25 (* (- 1.0 beta1) g)))
(let ((?x26 (+ (* beta1 m) ?x25)))
(> (* ?x26 ?x26) ?x33)))))
(check-sat)
