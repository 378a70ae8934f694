; as printed the rate is positive and the stated one: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun epsilon () Real)
(declare-fun gamma () Real)
(declare-fun u () Real)
(declare-fun m () Real)
(declare-fun force () Real)
(assert
 (> epsilon 0.0))
(assert
 (>= gamma 0.0))
(assert
 (let ((?x116 (* epsilon gamma)))
 (<= ?x116 1.0)))
(assert
 (let (($x168 (= u 1.0)))
 (let ((?x172 (+ m (* epsilon (+ (* (- 1.0) force) (* (* (- 1.0) gamma) m))))))
 (let (($x134 (<= u 1.0)))
 (let (($x163 (>= u (- 1.0))))
 (and $x163 $x134 (=> (> ?x172 0.0) (= u (- 1.0))) (=> (< ?x172 0.0) $x168)))))))
(assert
 (let (($x15 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x15)))
(assert
 (= m 1.0))
(assert
 (= (* (* 2.0 epsilon) force) 3.0))
(assert
 (let ((?x140 (+ (+ 3.0 (* (- (/ 5.0 2.0)) (* epsilon gamma))) (* (* 1.0 (* epsilon gamma)) (* epsilon gamma)))))
(let ((?x166 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x113 (* force u)))
(let ((?x71 (+ ?x113 (* (- 1.0 (* epsilon gamma)) ?x166))))
(or (<= ?x71 0.0) (and (distinct (* epsilon ?x71) ?x140) true)))))))
(check-sat)
