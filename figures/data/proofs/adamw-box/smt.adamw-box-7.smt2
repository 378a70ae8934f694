; û² > 1 after −(1 + β2 − β1): its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun beta1 () Real)
(declare-fun beta2 () Real)
(assert
 (> beta1 0.0))
(assert
 (< beta1 1.0))
(assert
 (> beta2 0.0))
(assert
 (< beta2 1.0))
(assert
 (< beta1 beta2))
(assert
 (let ((?x33 (* beta1 beta1)))
(let ((?x61 (- 1.0 ?x33)))
(let ((?x53 (+ 1.0 (* 1.0 (- beta2 beta1)))))
(let ((?x60 (+ (* beta2 (- 1.0 beta2)) (* (* (- 1.0 beta2) ?x53) ?x53))))
(let ((?x62 (* beta2 beta2)))
(let ((?x63 (- 1.0 ?x62)))
(let ((?x56 (- (+ (* beta1 (- 1.0 beta1)) (* (- 1.0 beta1) ?x53)))))
(<= (* (* ?x56 ?x56) ?x63) (* (* ?x60 ?x61) ?x61))))))))))
(check-sat)
