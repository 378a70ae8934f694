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
 (let ((?x38 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x143 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x143 (= ?x38 0.0))))))
(assert
 (let ((?x28 (* m x)))
(let (($x39 (< ?x28 0.0)))
(let ((?x111 (ite $x39 (* (- m) x) 0.0)))
(let ((?x63 (+ (* 1.0 (ite (<= ?x28 0.0) lambda 0.0)) (* 1.0 gamma))))
(let ((?x62 (- (* (* (- ?x63) u) m) (* (* (* 1.0 lambda) (+ lambda gamma)) ?x111))))
(let ((?x12 (+ (* (- (- G) (* gamma m)) x) (* m (- u (* (ite (<= ?x28 0.0) lambda 0.0) x))))))
(let ((?x31 (ite $x39 (- ?x12) 0.0)))
(let ((?x35 (* 1.0 lambda)))
(let ((?x11 (+ (* G (- u (* (ite (<= ?x28 0.0) lambda 0.0) x))) (* u (- (- G) (* gamma m))))))
(let ((?x46 (+ ?x11 (* ?x35 ?x31))))
(and (distinct ?x46 ?x62) true))))))))))))
(check-sat)
