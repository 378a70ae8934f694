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
 (let ((?x172 (* epsilon gamma)))
 (<= ?x172 1.0)))
(assert
 (let (($x170 (= u 1.0)))
 (let ((?x193 (+ m (* epsilon (+ (* (- 1.0) force) (* (* (- 1.0) gamma) m))))))
 (let (($x70 (<= u 1.0)))
 (let (($x211 (>= u (- 1.0))))
 (and $x211 $x70 (=> (> ?x193 0.0) (= u (- 1.0))) (=> (< ?x193 0.0) $x170)))))))
(assert
 (let (($x105 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x105)))
(assert
 (= m 1.0))
(assert
 (= (* (* 2.0 epsilon) force) 3.0))
(assert
 (let ((?x146 (+ (+ 3.0 (* (- (/ 5.0 2.0)) (* epsilon gamma))) (* (* 1.0 (* epsilon gamma)) (* epsilon gamma)))))
(let ((?x59 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x216 (* force u)))
(let ((?x103 (+ ?x216 (* (- 1.0 (* epsilon gamma)) ?x59))))
(or (<= ?x103 0.0) (and (distinct (* epsilon ?x103) ?x146) true)))))))
(check-sat)
