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
 (let ((?x141 (* epsilon gamma)))
 (<= ?x141 1.0)))
(assert
 (let (($x103 (= u 1.0)))
 (let ((?x89 (+ m (* epsilon (+ (* (- 1.0) force) (* (* (- 1.0) gamma) m))))))
 (let (($x26 (<= u 1.0)))
 (let (($x163 (>= u (- 1.0))))
 (and $x163 $x26 (=> (> ?x89 0.0) (= u (- 1.0))) (=> (< ?x89 0.0) $x103)))))))
(assert
 (let (($x77 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x77)))
(assert
 (= m 1.0))
(assert
 (= (* (* 2.0 epsilon) force) 3.0))
(assert
 (let ((?x105 (+ (+ 3.0 (* (- (/ 5.0 2.0)) (* epsilon gamma))) (* (* 1.0 (* epsilon gamma)) (* epsilon gamma)))))
(let ((?x135 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x129 (+ (* force u) (* (- 1.0 (* epsilon gamma)) ?x135))))
(or (<= ?x129 0.0) (and (distinct (* epsilon ?x129) ?x105) true))))))
(check-sat)
