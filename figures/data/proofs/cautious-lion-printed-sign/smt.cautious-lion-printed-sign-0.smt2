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
 (let ((?x12 (* epsilon gamma)))
 (<= ?x12 1.0)))
(assert
 (let (($x31 (= u 1.0)))
 (let ((?x26 (+ m (* epsilon (+ (* 1.0 force) (* (* (- 1.0) gamma) m))))))
 (let (($x18 (<= u 1.0)))
 (let (($x17 (>= u (- 1.0))))
 (and $x17 $x18 (=> (> ?x26 0.0) (= u (- 1.0))) (=> (< ?x26 0.0) $x31)))))))
(assert
 (let (($x35 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x35)))
(assert
 (let ((?x43 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x37 (* force u)))
(> (+ ?x37 (* (- 1.0 (* epsilon gamma)) ?x43)) 0.0))))
(check-sat)
