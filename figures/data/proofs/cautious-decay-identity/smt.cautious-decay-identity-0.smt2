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
 (let ((?x69 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x236 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x236 (= ?x69 0.0))))))
(assert
 (let ((?x211 (* m x)))
(let (($x74 (< ?x211 0.0)))
(let ((?x9 (ite $x74 (* (- m) x) 0.0)))
(let ((?x94 (+ (* 1.0 (ite (<= ?x211 0.0) lambda 0.0)) (* 1.0 gamma))))
(let ((?x21 (- (* (* (- ?x94) u) m) (* (* (* 1.0 lambda) (+ lambda gamma)) ?x9))))
(let ((?x221 (+ (* (- (- G) (* gamma m)) x) (* m (- u (* (ite (<= ?x211 0.0) lambda 0.0) x))))))
(let ((?x11 (ite $x74 (- ?x221) 0.0)))
(let ((?x112 (* 1.0 lambda)))
(let ((?x168 (+ (* G (- u (* (ite (<= ?x211 0.0) lambda 0.0) x))) (* u (- (- G) (* gamma m))))))
(let ((?x20 (+ ?x168 (* ?x112 ?x11))))
(and (distinct ?x20 ?x21) true))))))))))))
(check-sat)
