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
 (= m 1.0))
(assert
 (> 0.0 kappa))
(assert
 (>= 1.0 kappa))
(assert
 (ite (> gamma 0.0) (= (* (* force 2.0) (- 1.0 kappa)) (* kappa gamma)) (= (* (* force 2.0) (+ 1.0 epsilon)) 1.0)))
(assert
 (let ((?x51 (* gamma m)))
(let ((?x52 (+ force ?x51)))
(let ((?x56 (- (ite (< (* u force) 0.0) (* u force) 0.0) (* kappa (ite (> m 0.0) ?x52 (- ?x52))))))
(not (> ?x56 0.0))))))
(check-sat)
