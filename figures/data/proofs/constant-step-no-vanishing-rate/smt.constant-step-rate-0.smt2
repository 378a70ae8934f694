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
 (let (($x79 (= u (- 1.0))))
 (let (($x107 (= u 1.0)))
 (or $x107 $x79))))
(assert
 (let (($x179 (>= x 0.0)))
(let ((?x29 (ite $x179 x (- x))))
(let ((?x17 (* eta u)))
(let ((?x36 (+ (* (- 1.0 eta) x) ?x17)))
(let ((?x210 (+ (+ ?x29 (* x x)) (* w (- (ite (>= ?x36 0.0) ?x36 (- ?x36)) ?x29)))))
(< ?x210 (* (* 1.0 c) (+ 1.0 c)))))))))
(check-sat)
