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
 (let ((?x173 (* epsilon gamma)))
 (<= ?x173 1.0)))
(assert
 (let (($x164 (= u (- 1.0))))
 (let ((?x101 (* epsilon force)))
 (let ((?x162 (- (* (- 1.0 (* epsilon gamma)) m) ?x101)))
 (let (($x121 (<= u 1.0)))
 (let (($x274 (>= u (- 1.0))))
 (and $x274 $x121 (=> (> ?x162 0.0) (= u 1.0)) (=> (< ?x162 0.0) $x164))))))))
(assert
 (= m 1.0))
(assert
 (< 1.0 kappa))
(assert
 (= (* (- kappa 1.0) (- force)) (+ (* (* 2.0 kappa) gamma) (- kappa 1.0))))
(assert
 (let ((?x350 (* gamma m)))
(let ((?x188 (+ force ?x350)))
(let ((?x299 (* kappa (ite (> m 0.0) ?x188 (- ?x188)))))
(let (($x311 (> (- (ite (< (* u force) 0.0) (* u force) 0.0) ?x299) 0.0)))
(not $x311))))))
(check-sat)
