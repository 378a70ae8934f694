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
 (let ((?x76 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x198 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x198 (= ?x76 0.0))))))
(assert
 (let ((?x136 (* m x)))
(let (($x39 (< ?x136 0.0)))
(let ((?x236 (ite $x39 (* (- m) x) 0.0)))
(let ((?x132 (+ (* 1.0 (ite (<= ?x136 0.0) lambda 0.0)) (* 1.0 gamma))))
(let ((?x184 (- (* (* (- ?x132) u) m) (* (* (* 1.0 lambda) (+ lambda gamma)) ?x236))))
(let ((?x151 (+ (* (- (- G) (* gamma m)) x) (* m (- u (* (ite (<= ?x136 0.0) lambda 0.0) x))))))
(let ((?x13 (ite $x39 (- ?x151) 0.0)))
(let ((?x33 (* 1.0 lambda)))
(let ((?x89 (+ (* G (- u (* (ite (<= ?x136 0.0) lambda 0.0) x))) (* u (- (- G) (* gamma m))))))
(let ((?x102 (+ ?x89 (* ?x33 ?x13))))
(and (distinct ?x102 ?x184) true))))))))))))
(check-sat)
