; the masked method: H never rises for κ between the ends: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun epsilon () Real)
(declare-fun gamma () Real)
(declare-fun u () Real)
(declare-fun force () Real)
(declare-fun m () Real)
(declare-fun kappa () Real)
(assert
 (>= epsilon 0.0))
(assert
 (>= gamma 0.0))
(assert
 (let ((?x12 (* epsilon gamma)))
 (<= ?x12 1.0)))
(assert
 (let (($x29 (= u (- 1.0))))
 (let ((?x23 (* epsilon force)))
 (let ((?x24 (- (* (- 1.0 (* epsilon gamma)) m) ?x23)))
 (let (($x18 (<= u 1.0)))
 (let (($x17 (>= u (- 1.0))))
 (and $x17 $x18 (=> (> ?x24 0.0) (= u 1.0)) (=> (< ?x24 0.0) $x29))))))))
(assert
 (let (($x33 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x33)))
(assert
 (<= 0.0 kappa))
(assert
 (>= 1.0 kappa))
(assert
 (let ((?x42 (* gamma m)))
(let ((?x43 (+ force ?x42)))
(let ((?x47 (- (ite (< (* u force) 0.0) (* u force) 0.0) (* kappa (ite (> m 0.0) ?x43 (- ?x43))))))
(> ?x47 0.0)))))
(check-sat)
