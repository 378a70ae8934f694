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
 (let ((?x28 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x23 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x23 (= ?x28 0.0))))))
(assert
 (let ((?x56 (* (* (* 1.0 lambda) (+ lambda gamma)) (ite (< (* m x) 0.0) (* (- m) x) 0.0))))
(let ((?x47 (+ (* 1.0 (ite (<= (* m x) 0.0) lambda 0.0)) (* 1.0 gamma))))
(let ((?x28 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
(let ((?x14 (* m x)))
(let (($x37 (< ?x14 0.0)))
(let ((?x42 (ite $x37 (- (+ (* (- (- G) (* gamma m)) x) (* m ?x28))) 0.0)))
(let ((?x36 (* 1.0 lambda)))
(let ((?x44 (+ (+ (* G ?x28) (* u (- (- G) (* gamma m)))) (* ?x36 ?x42))))
(and (distinct ?x44 (- (* (* (- ?x47) u) m) ?x56)) true))))))))))
(check-sat)
