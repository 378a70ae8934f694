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
 (let ((?x76 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x198 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x198 (= ?x76 0.0))))))
(assert
 (>= (* u m) 0.0))
(assert
 (let ((?x76 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
(let ((?x136 (* m x)))
(let (($x39 (< ?x136 0.0)))
(let ((?x13 (ite $x39 (- (+ (* (- (- G) (* gamma m)) x) (* m ?x76))) 0.0)))
(let ((?x33 (* 1.0 lambda)))
(let ((?x102 (+ (+ (* G ?x76) (* u (- (- G) (* gamma m)))) (* ?x33 ?x13))))
(> ?x102 0.0))))))))
(check-sat)
