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
 (let ((?x113 (* epsilon gamma)))
 (<= ?x113 1.0)))
(assert
 (let (($x124 (= u 1.0)))
 (let ((?x199 (+ m (* epsilon (+ (* 1.0 force) (* (* (- 1.0) gamma) m))))))
 (let (($x174 (<= u 1.0)))
 (let (($x100 (>= u (- 1.0))))
 (and $x100 $x174 (=> (> ?x199 0.0) (= u (- 1.0))) (=> (< ?x199 0.0) $x124)))))))
(assert
 (let (($x183 (= force 0.0)))
 (or (and (distinct m 0.0) true) $x183)))
(assert
 (let ((?x79 (ite (> m 0.0) (- force (* gamma m)) (- (* gamma m) force))))
(let ((?x161 (+ (* force u) (* (- 1.0 (* epsilon gamma)) ?x79))))
(> ?x161 0.0))))
(check-sat)
