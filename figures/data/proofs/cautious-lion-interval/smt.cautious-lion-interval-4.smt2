; the masked method: H rises somewhere for κ below: its negation
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
 (let ((?x234 (* epsilon gamma)))
 (<= ?x234 1.0)))
(assert
 (let (($x217 (= u (- 1.0))))
 (let ((?x69 (* epsilon force)))
 (let ((?x251 (- (* (- 1.0 (* epsilon gamma)) m) ?x69)))
 (let (($x87 (<= u 1.0)))
 (let (($x26 (>= u (- 1.0))))
 (and $x26 $x87 (=> (> ?x251 0.0) (= u 1.0)) (=> (< ?x251 0.0) $x217))))))))
(assert
 (= m 1.0))
(assert
 (> 0.0 kappa))
(assert
 (>= 1.0 kappa))
(assert
 (ite (> gamma 0.0) (= (* (* force 2.0) (- 1.0 kappa)) (* kappa gamma)) (= (* (* force 2.0) (+ 1.0 epsilon)) 1.0)))
(assert
 (let ((?x241 (+ force (* gamma m))))
(let ((?x78 (* kappa (ite (> m 0.0) ?x241 (- ?x241)))))
(let (($x8 (> (- (ite (< (* u force) 0.0) (* u force) 0.0) ?x78) 0.0)))
(not $x8)))))
(check-sat)
