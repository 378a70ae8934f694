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
 (let ((?x141 (* epsilon gamma)))
 (<= ?x141 1.0)))
(assert
 (let (($x100 (= u (- 1.0))))
 (let ((?x11 (* epsilon force)))
 (let ((?x192 (- (* (- 1.0 (* epsilon gamma)) m) ?x11)))
 (let (($x26 (<= u 1.0)))
 (let (($x163 (>= u (- 1.0))))
 (and $x163 $x26 (=> (> ?x192 0.0) (= u 1.0)) (=> (< ?x192 0.0) $x100))))))))
(assert
 (= m 1.0))
(assert
 (< 1.0 kappa))
(assert
 (= (* (- kappa 1.0) (- force)) (+ (* (* 2.0 kappa) gamma) (- kappa 1.0))))
(assert
 (let ((?x98 (* gamma m)))
(let ((?x92 (+ force ?x98)))
(let ((?x185 (* kappa (ite (> m 0.0) ?x92 (- ?x92)))))
(let (($x323 (> (- (ite (< (* u force) 0.0) (* u force) 0.0) ?x185) 0.0)))
(not $x323))))))
(check-sat)
