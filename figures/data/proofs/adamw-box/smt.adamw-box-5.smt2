; so m̂² ≤ B²v̂: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun p () Real)
(declare-fun q () Real)
(declare-fun v () Real)
(declare-fun B2 () Real)
(declare-fun n () Real)
(declare-fun m () Real)
(assert
 (>= p 0.0))
(assert
 (<= p q))
(assert
 (< q 1.0))
(assert
 (> v 0.0))
(assert
 (let ((?x18 (* B2 v)))
 (<= n ?x18)))
(assert
 (> B2 0.0))
(assert
 (let ((?x22 (* m m)))
 (<= ?x22 (* (- 1.0 p) n))))
(assert
 (> (* (* m m) (- 1.0 q)) (* (* (* B2 v) (- 1.0 p)) (- 1.0 p))))
(check-sat)
