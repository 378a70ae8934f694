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
(let ((?x34 (- 1.0 ?x33)))
(let ((?x20 (+ 1.0 (* 1.0 (- beta2 beta1)))))
(let ((?x32 (+ (* beta2 (- 1.0 beta2)) (* (* (- 1.0 beta2) ?x20) ?x20))))
(let ((?x23 (- (+ (* beta1 (- 1.0 beta1)) (* (- 1.0 beta1) ?x20)))))
(<= (* (* ?x23 ?x23) (- 1.0 (* beta2 beta2))) (* (* ?x32 ?x34) ?x34))))))))
(check-sat)
