; p falls from v to x₂: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun x2 () Real)
(declare-fun v () Real)
(declare-fun sigma () Real)
(assert
 (let ((?x30 (* x2 x2)))
 (let ((?x35 (+ (/ 6889.0 2000.0) (* ?x30 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x30 5.0) (/ 4063.0 2000.0)))))))
 (= ?x35 0.0))))
(assert
 (let ((?x41 (* x2 (+ (/ 6889.0 2000.0) (* (* x2 x2) (+ (- (/ 191.0 40.0)) (* (* x2 x2) (/ 4063.0 2000.0))))))))
 (= v ?x41)))
(assert
 (> x2 1.0))
(assert
 (< x2 2.0))
(assert
 (>= sigma v))
(assert
 (<= sigma x2))
(assert
 (let ((?x76 (* sigma sigma)))
(let ((?x118 (+ (/ 6889.0 2000.0) (* ?x76 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x76 5.0) (/ 4063.0 2000.0)))))))
(> ?x118 0.0))))
(check-sat)
