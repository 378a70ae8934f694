; Lion: H never rises for κ between the ends: its negation
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
 (let ((?x12 (* epsilon gamma)))
 (let ((?x19 (- 1.0 ?x12)))
 (>= kappa ?x19))))
(assert
 (>= 1.0 kappa))
(assert
 (let ((?x40 (* gamma m)))
(let ((?x41 (+ force ?x40)))
(let ((?x38 (* u force)))
(> (- ?x38 (* kappa (ite (> m 0.0) ?x41 (- ?x41)))) 0.0)))))
(check-sat)
