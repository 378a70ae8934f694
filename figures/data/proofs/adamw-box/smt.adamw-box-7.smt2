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
 (let ((?x243 (* beta1 beta1)))
(let ((?x88 (- 1.0 ?x243)))
(let ((?x99 (+ 1.0 (* 1.0 (- beta2 beta1)))))
(let ((?x197 (+ (* beta2 (- 1.0 beta2)) (* (* (- 1.0 beta2) ?x99) ?x99))))
(let ((?x18 (* beta2 beta2)))
(let ((?x123 (- 1.0 ?x18)))
(let ((?x71 (- (+ (* beta1 (- 1.0 beta1)) (* (- 1.0 beta1) ?x99)))))
(<= (* (* ?x71 ?x71) ?x123) (* (* ?x197 ?x88) ?x88))))))))))
(check-sat)
