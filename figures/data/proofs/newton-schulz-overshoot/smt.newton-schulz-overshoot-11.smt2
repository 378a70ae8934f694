; p falls from v to x₂: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun x2 () Real)
(declare-fun v () Real)
(declare-fun sigma () Real)
(assert
 (let ((?x9 (* x2 x2)))
 (let ((?x19 (+ (/ 6889.0 2000.0) (* ?x9 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x9 5.0) (/ 4063.0 2000.0)))))))
 (= ?x19 0.0))))
(assert
 (let ((?x27 (* x2 (+ (/ 6889.0 2000.0) (* (* x2 x2) (+ (- (/ 191.0 40.0)) (* (* x2 x2) (/ 4063.0 2000.0))))))))
 (= v ?x27)))
(assert
 (> x2 1.0))
(assert
 (< x2 2.0))
(assert
 (>= sigma v))
(assert
 (<= sigma x2))
(assert
 (let ((?x36 (* sigma sigma)))
(let ((?x41 (+ (/ 6889.0 2000.0) (* ?x36 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x36 5.0) (/ 4063.0 2000.0)))))))
(> ?x41 0.0))))
(check-sat)
