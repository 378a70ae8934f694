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
 (let ((?x116 (* epsilon gamma)))
 (<= ?x116 1.0)))
(assert
 (let (($x168 (= u 1.0)))
 (let ((?x28 (+ m (* epsilon (+ (* 1.0 force) (* (* (- 1.0) gamma) m))))))
 (let (($x134 (<= u 1.0)))
 (let (($x163 (>= u (- 1.0))))
 (and $x163 $x134 (=> (> ?x28 0.0) (= u (- 1.0))) (=> (< ?x28 0.0) $x168)))))))
(assert
 (let (($x15 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x15)))
(assert
 (let ((?x166 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x113 (* force u)))
(let ((?x71 (+ ?x113 (* (- 1.0 (* epsilon gamma)) ?x166))))
(> ?x71 0.0)))))
(check-sat)
