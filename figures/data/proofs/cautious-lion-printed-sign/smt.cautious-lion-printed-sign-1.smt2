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
 (let ((?x113 (* epsilon gamma)))
 (<= ?x113 1.0)))
(assert
 (let (($x124 (= u 1.0)))
 (let ((?x127 (+ m (* epsilon (+ (* (- 1.0) force) (* (* (- 1.0) gamma) m))))))
 (let (($x174 (<= u 1.0)))
 (let (($x100 (>= u (- 1.0))))
 (and $x100 $x174 (=> (> ?x127 0.0) (= u (- 1.0))) (=> (< ?x127 0.0) $x124)))))))
(assert
 (let (($x183 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x183)))
(assert
 (= m 1.0))
(assert
 (= (* (* 2.0 epsilon) force) 3.0))
(assert
 (let ((?x68 (+ (+ 3.0 (* (- (/ 5.0 2.0)) (* epsilon gamma))) (* (* 1.0 (* epsilon gamma)) (* epsilon gamma)))))
(let ((?x79 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x161 (+ (* force u) (* (- 1.0 (* epsilon gamma)) ?x79))))
(or (<= ?x161 0.0) (and (distinct (* epsilon ?x161) ?x68) true))))))
(check-sat)
