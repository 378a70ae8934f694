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
 (let ((?x127 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x91 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x91 (= ?x127 0.0))))))
(assert
 (>= (* u m) 0.0))
(assert
 (let ((?x127 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
(let ((?x20 (* m x)))
(let (($x51 (< ?x20 0.0)))
(let ((?x79 (ite $x51 (- (+ (* (- (- G) (* gamma m)) x) (* m ?x127))) 0.0)))
(let ((?x29 (* 1.0 lambda)))
(let ((?x23 (+ (+ (* G ?x127) (* u (- (- G) (* gamma m)))) (* ?x29 ?x79))))
(> ?x23 0.0))))))))
(check-sat)
