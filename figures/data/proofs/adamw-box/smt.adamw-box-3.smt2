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
 (let ((?x65 (* m m)))
 (<= ?x65 (* (- 1.0 p) n))))
(assert
 (let ((?x122 (* beta1 n)))
(let ((?x60 (+ ?x122 (* (* (- 1.0 beta1) g) g))))
(let ((?x81 (- 1.0 beta1)))
(let ((?x193 (* ?x81 g)))
(let ((?x73 (* beta1 m)))
(let ((?x138 (+ ?x73 ?x193)))
(let ((?x112 (* ?x138 ?x138)))
(> ?x112 (* (- 1.0 (* beta1 p)) ?x60))))))))))
(check-sat)
