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
 (let ((?x144 (* epsilon gamma)))
 (<= ?x144 1.0)))
(assert
 (let (($x107 (= u 1.0)))
 (let ((?x197 (+ m (* epsilon (+ (* (- 1.0) force) (* (* (- 1.0) gamma) m))))))
 (let (($x209 (<= u 1.0)))
 (let (($x128 (>= u (- 1.0))))
 (and $x128 $x209 (=> (> ?x197 0.0) (= u (- 1.0))) (=> (< ?x197 0.0) $x107)))))))
(assert
 (let (($x61 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x61)))
(assert
 (= m 1.0))
(assert
 (= (* (* 2.0 epsilon) force) 3.0))
(assert
 (let ((?x51 (+ (+ 3.0 (* (- (/ 5.0 2.0)) (* epsilon gamma))) (* (* 1.0 (* epsilon gamma)) (* epsilon gamma)))))
(let ((?x40 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x117 (+ (* force u) (* (- 1.0 (* epsilon gamma)) ?x40))))
(or (<= ?x117 0.0) (and (distinct (* epsilon ?x117) ?x51) true))))))
(check-sat)
