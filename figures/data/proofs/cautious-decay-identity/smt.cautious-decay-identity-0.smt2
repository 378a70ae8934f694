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
 (let ((?x180 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x80 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x80 (= ?x180 0.0))))))
(assert
 (let ((?x135 (* m x)))
(let (($x63 (< ?x135 0.0)))
(let ((?x257 (ite $x63 (* (- m) x) 0.0)))
(let ((?x105 (+ (* 1.0 (ite (<= ?x135 0.0) lambda 0.0)) (* 1.0 gamma))))
(let ((?x8 (- (* (* (- ?x105) u) m) (* (* (* 1.0 lambda) (+ lambda gamma)) ?x257))))
(let ((?x112 (+ (* (- (- G) (* gamma m)) x) (* m (- u (* (ite (<= ?x135 0.0) lambda 0.0) x))))))
(let ((?x104 (ite $x63 (- ?x112) 0.0)))
(let ((?x244 (* 1.0 lambda)))
(let ((?x270 (+ (* G (- u (* (ite (<= ?x135 0.0) lambda 0.0) x))) (* u (- (- G) (* gamma m))))))
(let ((?x118 (+ ?x270 (* ?x244 ?x104))))
(and (distinct ?x118 ?x8) true))))))))))))
(check-sat)
