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
 (let ((?x69 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x236 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x236 (= ?x69 0.0))))))
(assert
 (>= (* u m) 0.0))
(assert
 (let ((?x69 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
(let ((?x211 (* m x)))
(let (($x74 (< ?x211 0.0)))
(let ((?x11 (ite $x74 (- (+ (* (- (- G) (* gamma m)) x) (* m ?x69))) 0.0)))
(let ((?x112 (* 1.0 lambda)))
(let ((?x20 (+ (+ (* G ?x69) (* u (- (- G) (* gamma m)))) (* ?x112 ?x11))))
(> ?x20 0.0))))))))
(check-sat)
