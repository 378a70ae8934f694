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
 (let (($x29 (= u (- 1.0))))
 (let (($x28 (= u 1.0)))
 (or $x28 $x29))))
(assert
 (let (($x31 (>= x 0.0)))
(let ((?x33 (ite $x31 x (- x))))
(let ((?x38 (* eta u)))
(let ((?x39 (+ (* (- 1.0 eta) x) ?x38)))
(let ((?x45 (+ (+ ?x33 (* x x)) (* w (- (ite (>= ?x39 0.0) ?x39 (- ?x39)) ?x33)))))
(< ?x45 (* (* 1.0 c) (+ 1.0 c)))))))))
(check-sat)
