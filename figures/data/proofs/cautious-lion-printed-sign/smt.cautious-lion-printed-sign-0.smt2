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
 (let ((?x88 (* epsilon gamma)))
 (<= ?x88 1.0)))
(assert
 (let (($x6 (= u 1.0)))
 (let ((?x179 (+ m (* epsilon (+ (* 1.0 force) (* (* (- 1.0) gamma) m))))))
 (let (($x110 (<= u 1.0)))
 (let (($x49 (>= u (- 1.0))))
 (and $x49 $x110 (=> (> ?x179 0.0) (= u (- 1.0))) (=> (< ?x179 0.0) $x6)))))))
(assert
 (let (($x79 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x79)))
(assert
 (let ((?x51 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x98 (+ (* force u) (* (- 1.0 (* epsilon gamma)) ?x51))))
(> ?x98 0.0))))
(check-sat)
