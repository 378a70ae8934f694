; p ≥ 17/500 on [1/100, P]: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun x1 () Real)
(declare-fun P () Real)
(declare-fun sigma () Real)
(assert
 (let ((?x9 (* x1 x1)))
 (let ((?x19 (+ (/ 6889.0 2000.0) (* ?x9 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x9 5.0) (/ 4063.0 2000.0)))))))
 (= ?x19 0.0))))
(assert
 (let ((?x26 (* x1 (+ (/ 6889.0 2000.0) (* (* x1 x1) (+ (- (/ 191.0 40.0)) (* (* x1 x1) (/ 4063.0 2000.0))))))))
 (= ?x26 P)))
(assert
 (> x1 0.0))
(assert
 (< x1 1.0))
(assert
 (<= (/ 1.0 100.0) sigma))
(assert
 (<= sigma P))
(assert
 (let ((?x41 (+ (/ 6889.0 2000.0) (* (* sigma sigma) (+ (- (/ 191.0 40.0)) (* (* sigma sigma) (/ 4063.0 2000.0)))))))
(> (/ 17.0 500.0) (* sigma ?x41))))
(check-sat)
