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
 (let ((?x81 (* m m)))
 (<= ?x81 (* (- 1.0 p) n))))
(assert
 (let ((?x25 (* beta1 n)))
(let ((?x27 (+ ?x25 (* (* (- 1.0 beta1) g) g))))
(let ((?x17 (- 1.0 beta1)))
(let ((?x18 (* ?x17 g)))
(let ((?x16 (* beta1 m)))
(let ((?x19 (+ ?x16 ?x18)))
(let ((?x84 (* ?x19 ?x19)))
(> ?x84 (* (- 1.0 (* beta1 p)) ?x27))))))))))
(check-sat)
