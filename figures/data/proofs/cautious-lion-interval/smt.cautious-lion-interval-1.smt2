; Lion: H rises somewhere for κ below: its negation
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
 (let ((?x12 (* epsilon gamma)))
 (let ((?x19 (- 1.0 ?x12)))
 (< kappa ?x19))))
(assert
 (>= 1.0 kappa))
(assert
 (let (($x50 (= (* (- 1.0 kappa) force) (+ (* (ite (> kappa 0.0) kappa (- kappa)) gamma) 1.0))))
 (let ((?x41 (* (* 2.0 (- 1.0 kappa)) (- (- 1.0 (* epsilon gamma)) (* epsilon force)))))
 (ite (> epsilon 0.0) (= ?x41 (- (- 1.0 (* epsilon gamma)) kappa)) $x50))))
(assert
 (let ((?x54 (* gamma m)))
(let ((?x55 (+ force ?x54)))
(let ((?x52 (* u force)))
(not (> (- ?x52 (* kappa (ite (> m 0.0) ?x55 (- ?x55)))) 0.0))))))
(check-sat)
