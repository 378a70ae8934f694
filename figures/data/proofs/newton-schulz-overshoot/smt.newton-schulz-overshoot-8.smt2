; p ≥ v after that: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun x1 () Real)
(declare-fun P () Real)
(declare-fun x2 () Real)
(declare-fun v () Real)
(declare-fun sigma () Real)
(assert
 (let ((?x9 (* x1 x1)))
 (let ((?x19 (+ (/ 6889.0 2000.0) (* ?x9 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x9 5.0) (/ 4063.0 2000.0)))))))
 (= ?x19 0.0))))
(assert
 (let ((?x26 (* x1 (+ (/ 6889.0 2000.0) (* (* x1 x1) (+ (- (/ 191.0 40.0)) (* (* x1 x1) (/ 4063.0 2000.0))))))))
 (= ?x26 P)))
(assert
 (let ((?x30 (* x2 x2)))
 (let ((?x35 (+ (/ 6889.0 2000.0) (* ?x30 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x30 5.0) (/ 4063.0 2000.0)))))))
 (= ?x35 0.0))))
(assert
 (let ((?x42 (* x2 (+ (/ 6889.0 2000.0) (* (* x2 x2) (+ (- (/ 191.0 40.0)) (* (* x2 x2) (/ 4063.0 2000.0))))))))
 (= v ?x42)))
(assert
 (> x1 0.0))
(assert
 (< x1 1.0))
(assert
 (> x2 1.0))
(assert
 (< x2 2.0))
(assert
 (<= (/ 39.0 100.0) sigma))
(assert
 (<= sigma P))
(assert
 (let ((?x58 (+ (/ 6889.0 2000.0) (* (* sigma sigma) (+ (- (/ 191.0 40.0)) (* (* sigma sigma) (/ 4063.0 2000.0)))))))
(< (* sigma ?x58) v)))
(check-sat)
