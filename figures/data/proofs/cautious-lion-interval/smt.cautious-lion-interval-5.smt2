; the masked method: H rises somewhere for κ above: its negation
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
 (let ((?x144 (* epsilon gamma)))
 (<= ?x144 1.0)))
(assert
 (let (($x79 (= u (- 1.0))))
 (let ((?x72 (* epsilon force)))
 (let ((?x195 (- (* (- 1.0 (* epsilon gamma)) m) ?x72)))
 (let (($x209 (<= u 1.0)))
 (let (($x128 (>= u (- 1.0))))
 (and $x128 $x209 (=> (> ?x195 0.0) (= u 1.0)) (=> (< ?x195 0.0) $x79))))))))
(assert
 (= m 1.0))
(assert
 (< 1.0 kappa))
(assert
 (= (* (- kappa 1.0) (- force)) (+ (* (* 2.0 kappa) gamma) (- kappa 1.0))))
(assert
 (let ((?x81 (+ force (* gamma m))))
(let ((?x124 (* kappa (ite (> m 0.0) ?x81 (- ?x81)))))
(let (($x88 (> (- (ite (< (* u force) 0.0) (* u force) 0.0) ?x124) 0.0)))
(not $x88)))))
(check-sat)
