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
 (let (($x164 (= u (- 1.0))))
 (let (($x224 (= u 1.0)))
 (or $x224 $x164))))
(assert
 (let (($x237 (>= x 0.0)))
(let ((?x239 (ite $x237 x (- x))))
(let ((?x183 (* eta u)))
(let ((?x178 (+ (* (- 1.0 eta) x) ?x183)))
(let ((?x50 (+ (+ ?x239 (* x x)) (* w (- (ite (>= ?x178 0.0) ?x178 (- ?x178)) ?x239)))))
(< ?x50 (* (* 1.0 c) (+ 1.0 c)))))))))
(check-sat)
