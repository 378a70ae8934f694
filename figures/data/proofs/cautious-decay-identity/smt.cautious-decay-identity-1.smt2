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
 (let ((?x17 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x50 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x50 (= ?x17 0.0))))))
(assert
 (>= (* u m) 0.0))
(assert
 (let ((?x17 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
(let ((?x13 (* m x)))
(let (($x21 (< ?x13 0.0)))
(let ((?x26 (ite $x21 (- (+ (* (- (- G) (* gamma m)) x) (* m ?x17))) 0.0)))
(let ((?x30 (* 1.0 lambda)))
(let ((?x32 (+ (+ (* G ?x17) (* u (- (- G) (* gamma m)))) (* ?x30 ?x26))))
(> ?x32 0.0))))))))
(check-sat)
