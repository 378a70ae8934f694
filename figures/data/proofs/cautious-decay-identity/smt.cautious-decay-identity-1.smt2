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
 (let ((?x28 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x23 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x23 (= ?x28 0.0))))))
(assert
 (>= (* u m) 0.0))
(assert
 (let ((?x28 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
(let ((?x44 (ite (< (* m x) 0.0) (- (+ (* (- (- G) (* gamma m)) x) (* m ?x28))) 0.0)))
(let ((?x46 (+ (+ (* G ?x28) (* u (- (- G) (* gamma m)))) (* (* 1.0 lambda) ?x44))))
(> ?x46 0.0)))))
(check-sat)
