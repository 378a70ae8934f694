; u = −1 keeps x = 1/λ, less leads out: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun eta () Real)
(declare-fun lambda () Real)
(declare-fun x () Real)
(declare-fun u () Real)
(declare-fun x_plus () Real)
(assert
 (> eta 0.0))
(assert
 (> lambda 0.0))
(assert
 (let ((?x12 (* eta lambda)))
 (<= ?x12 1.0)))
(assert
 (= (* lambda x) 1.0))
(assert
 (= x_plus (- (* (- 1.0 (* eta lambda)) x) (* eta u))))
(assert
 (<= u (- 1.0)))
(assert
 (or (< (* lambda x_plus) 1.0) (and (= u (- 1.0)) (and (distinct (* lambda x_plus) 1.0) true)) (and (< u (- 1.0)) (<= (* lambda x_plus) 1.0))))
(check-sat)
