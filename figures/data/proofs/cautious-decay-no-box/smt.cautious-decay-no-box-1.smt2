; x⁺ ≥ 0 and m⁺ ≥ 0 again: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun x () Real)
(declare-fun m () Real)
(declare-fun g () Real)
(declare-fun eta () Real)
(declare-fun lambda () Real)
(declare-fun beta1 () Real)
(declare-fun beta2 () Real)
(declare-fun u () Real)
(assert
 (>= x 0.0))
(assert
 (>= m 0.0))
(assert
 (< g 0.0))
(assert
 (> eta 0.0))
(assert
 (>= lambda 0.0))
(assert
 (>= beta1 0.0))
(assert
 (< beta1 1.0))
(assert
 (>= beta2 0.0))
(assert
 (< beta2 1.0))
(assert
 (let ((?x33 (ite (< (- (* beta1 m) (* (- 1.0 beta1) g)) 0.0) (- 1.0) 0.0)))
 (let ((?x34 (ite (> (- (* beta1 m) (* (- 1.0 beta1) g)) 0.0) 1.0 ?x33)))
 (= u ?x34))))
(assert
 (let ((?x41 (* eta (- u (ite (<= (* u x) 0.0) (* lambda x) 0.0)))))
(or (< (+ x ?x41) 0.0) (< (- (* beta2 m) (* (- 1.0 beta2) g)) 0.0))))
(check-sat)
