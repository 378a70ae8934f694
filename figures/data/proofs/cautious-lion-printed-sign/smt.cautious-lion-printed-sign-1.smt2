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
 (let ((?x211 (* epsilon gamma)))
 (<= ?x211 1.0)))
(assert
 (let (($x42 (= u 1.0)))
 (let ((?x218 (+ m (* epsilon (+ (* (- 1.0) force) (* (* (- 1.0) gamma) m))))))
 (let (($x79 (<= u 1.0)))
 (let (($x96 (>= u (- 1.0))))
 (and $x96 $x79 (=> (> ?x218 0.0) (= u (- 1.0))) (=> (< ?x218 0.0) $x42)))))))
(assert
 (let (($x231 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x231)))
(assert
 (= m 1.0))
(assert
 (= (* (* 2.0 epsilon) force) 3.0))
(assert
 (let ((?x123 (+ (+ 3.0 (* (- (/ 5.0 2.0)) (* epsilon gamma))) (* (* 1.0 (* epsilon gamma)) (* epsilon gamma)))))
(let ((?x173 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x121 (+ (* force u) (* (- 1.0 (* epsilon gamma)) ?x173))))
(or (<= ?x121 0.0) (and (distinct (* epsilon ?x121) ?x123) true))))))
(check-sat)
