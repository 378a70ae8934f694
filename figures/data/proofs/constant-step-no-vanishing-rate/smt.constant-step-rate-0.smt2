; no step is below the floor: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun eta () Real)
(declare-fun c () Real)
(declare-fun w () Real)
(declare-fun x () Real)
(declare-fun u () Real)
(assert
 (> eta 0.0))
(assert
 (<= eta 1.0))
(assert
 (= (* c (- 2.0 eta)) eta))
(assert
 (= (* w (- 2.0 eta)) (* 1.0 (+ 1.0 (* 2.0 c)))))
(assert
 (<= x 1.0))
(assert
 (>= x (- 1.0)))
(assert
 (or (= u 1.0) (= u (- 1.0))))
(assert
 (let (($x33 (>= x 0.0)))
(let ((?x35 (ite $x33 x (- x))))
(let ((?x13 (* eta u)))
(let ((?x14 (+ (* (- 1.0 eta) x) ?x13)))
(let ((?x43 (+ (+ ?x35 (* x x)) (* w (- (ite (>= ?x14 0.0) ?x14 (- ?x14)) ?x35)))))
(< ?x43 (* (* 1.0 c) (+ 1.0 c)))))))))
(check-sat)
