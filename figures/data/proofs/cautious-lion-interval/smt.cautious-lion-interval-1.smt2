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
 (let ((?x144 (* epsilon gamma)))
 (let ((?x48 (- 1.0 ?x144)))
 (< kappa ?x48))))
(assert
 (>= 1.0 kappa))
(assert
 (let (($x67 (= (* (- 1.0 kappa) force) (+ (* (ite (> kappa 0.0) kappa (- kappa)) gamma) 1.0))))
 (let ((?x17 (* (* 2.0 (- 1.0 kappa)) (- (- 1.0 (* epsilon gamma)) (* epsilon force)))))
 (ite (> epsilon 0.0) (= ?x17 (- (- 1.0 (* epsilon gamma)) kappa)) $x67))))
(assert
 (let ((?x81 (+ force (* gamma m))))
(let ((?x124 (* kappa (ite (> m 0.0) ?x81 (- ?x81)))))
(let ((?x202 (* u force)))
(let (($x103 (> (- ?x202 ?x124) 0.0)))
(not $x103))))))
(check-sat)
