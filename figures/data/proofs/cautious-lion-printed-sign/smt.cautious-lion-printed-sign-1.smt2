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
 (let ((?x12 (* epsilon gamma)))
 (<= ?x12 1.0)))
(assert
 (let (($x31 (= u 1.0)))
 (let ((?x26 (+ m (* epsilon (+ (* (- 1.0) force) (* (* (- 1.0) gamma) m))))))
 (let (($x18 (<= u 1.0)))
 (let (($x17 (>= u (- 1.0))))
 (and $x17 $x18 (=> (> ?x26 0.0) (= u (- 1.0))) (=> (< ?x26 0.0) $x31)))))))
(assert
 (let (($x35 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x35)))
(assert
 (= m 1.0))
(assert
 (= (* (* 2.0 epsilon) force) 3.0))
(assert
 (let ((?x59 (+ (+ 3.0 (* (- (/ 5.0 2.0)) (* epsilon gamma))) (* (* 1.0 (* epsilon gamma)) (* epsilon gamma)))))
(let ((?x49 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x43 (* force u)))
(let ((?x51 (+ ?x43 (* (- 1.0 (* epsilon gamma)) ?x49))))
(or (<= ?x51 0.0) (and (distinct (* epsilon ?x51) ?x59) true)))))))
(check-sat)
