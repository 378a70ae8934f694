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
 (let ((?x88 (* epsilon gamma)))
 (<= ?x88 1.0)))
(assert
 (let (($x6 (= u 1.0)))
 (let ((?x82 (+ m (* epsilon (+ (* (- 1.0) force) (* (* (- 1.0) gamma) m))))))
 (let (($x110 (<= u 1.0)))
 (let (($x49 (>= u (- 1.0))))
 (and $x49 $x110 (=> (> ?x82 0.0) (= u (- 1.0))) (=> (< ?x82 0.0) $x6)))))))
(assert
 (let (($x79 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x79)))
(assert
 (= m 1.0))
(assert
 (= (* (* 2.0 epsilon) force) 3.0))
(assert
 (let ((?x78 (+ (+ 3.0 (* (- (/ 5.0 2.0)) (* epsilon gamma))) (* (* 1.0 (* epsilon gamma)) (* epsilon gamma)))))
(let ((?x51 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x98 (+ (* force u) (* (- 1.0 (* epsilon gamma)) ?x51))))
(or (<= ?x98 0.0) (and (distinct (* epsilon ?x98) ?x78) true))))))
(check-sat)
