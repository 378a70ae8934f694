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
 (let ((?x41 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x61 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x61 (= ?x41 0.0))))))
(assert
 (let ((?x60 (* m x)))
(let (($x140 (< ?x60 0.0)))
(let ((?x108 (ite $x140 (* (- m) x) 0.0)))
(let ((?x30 (+ (* 1.0 (ite (<= ?x60 0.0) lambda 0.0)) (* 1.0 gamma))))
(let ((?x103 (- (* (* (- ?x30) u) m) (* (* (* 1.0 lambda) (+ lambda gamma)) ?x108))))
(let ((?x51 (+ (* (- (- G) (* gamma m)) x) (* m (- u (* (ite (<= ?x60 0.0) lambda 0.0) x))))))
(let ((?x90 (ite $x140 (- ?x51) 0.0)))
(let ((?x216 (* 1.0 lambda)))
(let ((?x173 (+ (* G (- u (* (ite (<= ?x60 0.0) lambda 0.0) x))) (* u (- (- G) (* gamma m))))))
(let ((?x45 (+ ?x173 (* ?x216 ?x90))))
(and (distinct ?x45 ?x103) true))))))))))))
(check-sat)
