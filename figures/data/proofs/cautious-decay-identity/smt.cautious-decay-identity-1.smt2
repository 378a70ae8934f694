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
 (let ((?x38 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x143 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x143 (= ?x38 0.0))))))
(assert
 (let ((?x9 (* u m)))
 (>= ?x9 0.0)))
(assert
 (let ((?x38 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
(let ((?x28 (* m x)))
(let (($x39 (< ?x28 0.0)))
(let ((?x31 (ite $x39 (- (+ (* (- (- G) (* gamma m)) x) (* m ?x38))) 0.0)))
(let ((?x35 (* 1.0 lambda)))
(let ((?x46 (+ (+ (* G ?x38) (* u (- (- G) (* gamma m)))) (* ?x35 ?x31))))
(> ?x46 0.0))))))))
(check-sat)
