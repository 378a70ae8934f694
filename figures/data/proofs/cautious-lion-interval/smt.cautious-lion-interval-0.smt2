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
 (let (($x89 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x89)))
(assert
 (let ((?x144 (* epsilon gamma)))
 (let ((?x48 (- 1.0 ?x144)))
 (>= kappa ?x48))))
(assert
 (>= 1.0 kappa))
(assert
 (let ((?x81 (+ force (* gamma m))))
(let ((?x124 (* kappa (ite (> m 0.0) ?x81 (- ?x81)))))
(let ((?x202 (* u force)))
(> (- ?x202 ?x124) 0.0)))))
(check-sat)
