; with m + εṁ H never rises: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun epsilon () Real)
(declare-fun gamma () Real)
(declare-fun u () Real)
(declare-fun m () Real)
(declare-fun force () Real)
(assert
 (> epsilon 0.0))
(assert
 (>= gamma 0.0))
(assert
 (let ((?x141 (* epsilon gamma)))
 (<= ?x141 1.0)))
(assert
 (let (($x103 (= u 1.0)))
 (let ((?x48 (+ m (* epsilon (+ (* 1.0 force) (* (* (- 1.0) gamma) m))))))
 (let (($x26 (<= u 1.0)))
 (let (($x163 (>= u (- 1.0))))
 (and $x163 $x26 (=> (> ?x48 0.0) (= u (- 1.0))) (=> (< ?x48 0.0) $x103)))))))
(assert
 (let (($x77 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x77)))
(assert
 (let ((?x135 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x129 (+ (* force u) (* (- 1.0 (* epsilon gamma)) ?x135))))
(> ?x129 0.0))))
(check-sat)
