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
 (let ((?x183 (* epsilon gamma)))
 (<= ?x183 1.0)))
(assert
 (let (($x51 (= u 1.0)))
 (let ((?x79 (+ m (* epsilon (+ (* (- 1.0) force) (* (* (- 1.0) gamma) m))))))
 (let (($x19 (<= u 1.0)))
 (let (($x90 (>= u (- 1.0))))
 (and $x90 $x19 (=> (> ?x79 0.0) (= u (- 1.0))) (=> (< ?x79 0.0) $x51)))))))
(assert
 (let (($x124 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x124)))
(assert
 (= m 1.0))
(assert
 (= (* (* 2.0 epsilon) force) 3.0))
(assert
 (let ((?x108 (+ (+ 3.0 (* (- (/ 5.0 2.0)) (* epsilon gamma))) (* (* 1.0 (* epsilon gamma)) (* epsilon gamma)))))
(let ((?x72 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x144 (* force u)))
(let ((?x20 (+ ?x144 (* (- 1.0 (* epsilon gamma)) ?x72))))
(or (<= ?x20 0.0) (and (distinct (* epsilon ?x20) ?x108) true)))))))
(check-sat)
