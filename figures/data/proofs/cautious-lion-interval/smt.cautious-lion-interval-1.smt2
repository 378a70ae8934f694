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
 (let ((?x51 (* epsilon gamma)))
 (<= ?x51 1.0)))
(assert
 (let (($x117 (= u (- 1.0))))
 (let ((?x138 (* epsilon force)))
 (let ((?x68 (- (* (- 1.0 (* epsilon gamma)) m) ?x138)))
 (let (($x241 (<= u 1.0)))
 (let (($x29 (>= u (- 1.0))))
 (and $x29 $x241 (=> (> ?x68 0.0) (= u 1.0)) (=> (< ?x68 0.0) $x117))))))))
(assert
 (= m 1.0))
(assert
 (let ((?x51 (* epsilon gamma)))
 (let ((?x80 (- 1.0 ?x51)))
 (< kappa ?x80))))
(assert
 (>= 1.0 kappa))
(assert
 (let (($x88 (= (* (- 1.0 kappa) force) (+ (* (ite (> kappa 0.0) kappa (- kappa)) gamma) 1.0))))
 (let ((?x71 (* (* 2.0 (- 1.0 kappa)) (- (- 1.0 (* epsilon gamma)) (* epsilon force)))))
 (ite (> epsilon 0.0) (= ?x71 (- (- 1.0 (* epsilon gamma)) kappa)) $x88))))
(assert
 (let ((?x140 (* gamma m)))
(let ((?x143 (+ force ?x140)))
(let ((?x188 (* kappa (ite (> m 0.0) ?x143 (- ?x143)))))
(let ((?x89 (* u force)))
(let (($x198 (> (- ?x89 ?x188) 0.0)))
(not $x198)))))))
(check-sat)
