; it is not positive: its negation
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
 (let ((?x47 (* u m)))
 (>= ?x47 0.0)))
(assert
 (let ((?x180 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
(let ((?x135 (* m x)))
(let (($x63 (< ?x135 0.0)))
(let ((?x104 (ite $x63 (- (+ (* (- (- G) (* gamma m)) x) (* m ?x180))) 0.0)))
(let ((?x244 (* 1.0 lambda)))
(let ((?x118 (+ (+ (* G ?x180) (* u (- (- G) (* gamma m)))) (* ?x244 ?x104))))
(> ?x118 0.0))))))))
(check-sat)
