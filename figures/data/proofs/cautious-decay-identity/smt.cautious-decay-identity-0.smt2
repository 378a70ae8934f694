; dH/dt is the stated one: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun gamma () Real)
(declare-fun lambda () Real)
(declare-fun x () Real)
(declare-fun m () Real)
(declare-fun u () Real)
(declare-fun G () Real)
(assert
 (>= gamma 0.0))
(assert
 (>= lambda 0.0))
(assert
 (let ((?x127 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x91 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x91 (= ?x127 0.0))))))
(assert
 (let ((?x20 (* m x)))
(let (($x51 (< ?x20 0.0)))
(let ((?x45 (ite $x51 (* (- m) x) 0.0)))
(let ((?x69 (+ (* 1.0 (ite (<= ?x20 0.0) lambda 0.0)) (* 1.0 gamma))))
(let ((?x6 (- (* (* (- ?x69) u) m) (* (* (* 1.0 lambda) (+ lambda gamma)) ?x45))))
(let ((?x117 (+ (* (- (- G) (* gamma m)) x) (* m (- u (* (ite (<= ?x20 0.0) lambda 0.0) x))))))
(let ((?x79 (ite $x51 (- ?x117) 0.0)))
(let ((?x29 (* 1.0 lambda)))
(let ((?x215 (+ (* G (- u (* (ite (<= ?x20 0.0) lambda 0.0) x))) (* u (- (- G) (* gamma m))))))
(let ((?x23 (+ ?x215 (* ?x29 ?x79))))
(and (distinct ?x23 ?x6) true))))))))))))
(check-sat)
