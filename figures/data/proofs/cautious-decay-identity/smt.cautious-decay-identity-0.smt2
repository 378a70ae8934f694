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
 (let ((?x17 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x50 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x50 (= ?x17 0.0))))))
(assert
 (let ((?x13 (* m x)))
(let (($x21 (< ?x13 0.0)))
(let ((?x35 (ite $x21 (* (- m) x) 0.0)))
(let ((?x38 (+ (* 1.0 (ite (<= ?x13 0.0) lambda 0.0)) (* 1.0 gamma))))
(let ((?x45 (- (* (* (- ?x38) u) m) (* (* (* 1.0 lambda) (+ lambda gamma)) ?x35))))
(let ((?x24 (+ (* (- (- G) (* gamma m)) x) (* m (- u (* (ite (<= ?x13 0.0) lambda 0.0) x))))))
(let ((?x26 (ite $x21 (- ?x24) 0.0)))
(let ((?x30 (* 1.0 lambda)))
(let ((?x29 (+ (* G (- u (* (ite (<= ?x13 0.0) lambda 0.0) x))) (* u (- (- G) (* gamma m))))))
(let ((?x32 (+ ?x29 (* ?x30 ?x26))))
(and (distinct ?x32 ?x45) true))))))))))))
(check-sat)
