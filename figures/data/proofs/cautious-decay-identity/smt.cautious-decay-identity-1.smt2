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
 (let ((?x41 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
 (let (($x61 (= x 0.0)))
 (or (and (distinct (* m x) 0.0) true) (and (= m 0.0) (= (- (- G) (* gamma m)) 0.0)) (and $x61 (= ?x41 0.0))))))
(assert
 (>= (* u m) 0.0))
(assert
 (let ((?x41 (- u (* (ite (<= (* m x) 0.0) lambda 0.0) x))))
(let ((?x60 (* m x)))
(let (($x140 (< ?x60 0.0)))
(let ((?x90 (ite $x140 (- (+ (* (- (- G) (* gamma m)) x) (* m ?x41))) 0.0)))
(let ((?x216 (* 1.0 lambda)))
(let ((?x45 (+ (+ (* G ?x41) (* u (- (- G) (* gamma m)))) (* ?x216 ?x90))))
(> ?x45 0.0))))))))
(check-sat)
