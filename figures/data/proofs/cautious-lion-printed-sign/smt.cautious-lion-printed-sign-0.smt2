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
 (let ((?x27 (* epsilon gamma)))
 (<= ?x27 1.0)))
(assert
 (let (($x111 (= u 1.0)))
 (let ((?x106 (+ m (* epsilon (+ (* 1.0 force) (* (* (- 1.0) gamma) m))))))
 (let (($x35 (<= u 1.0)))
 (let (($x11 (>= u (- 1.0))))
 (and $x11 $x35 (=> (> ?x106 0.0) (= u (- 1.0))) (=> (< ?x106 0.0) $x111)))))))
(assert
 (let (($x52 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x52)))
(assert
 (let ((?x41 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x28 (* force u)))
(let ((?x39 (+ ?x28 (* (- 1.0 (* epsilon gamma)) ?x41))))
(> ?x39 0.0)))))
(check-sat)
