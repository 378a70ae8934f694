; û² = 1 after the gradient −1: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun beta1 () Real)
(declare-fun beta2 () Real)
(declare-fun m () Real)
(declare-fun v () Real)
(assert
 (> beta1 0.0))
(assert
 (< beta1 1.0))
(assert
 (> beta2 0.0))
(assert
 (< beta2 1.0))
(assert
 (= m (- (- 1.0 beta1))))
(assert
 (let ((?x20 (- 1.0 beta2)))
 (= v ?x20)))
(assert
 (and (distinct (* (* m m) (- 1.0 beta2)) (* (* v (- 1.0 beta1)) (- 1.0 beta1))) true))
(check-sat)
