; p maps [0, P] into itself: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun x1 () Real)
(declare-fun P () Real)
(declare-fun sigma () Real)
(assert
 (let ((?x13 (* x1 x1)))
 (let ((?x21 (+ (/ 6889.0 2000.0) (* ?x13 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x13 5.0) (/ 4063.0 2000.0)))))))
 (= ?x21 0.0))))
(assert
 (let ((?x28 (* x1 (+ (/ 6889.0 2000.0) (* (* x1 x1) (+ (- (/ 191.0 40.0)) (* (* x1 x1) (/ 4063.0 2000.0))))))))
 (= ?x28 P)))
(assert
 (> x1 0.0))
(assert
 (< x1 1.0))
(assert
 (>= sigma 0.0))
(assert
 (<= sigma P))
(assert
 (let ((?x80 (+ (/ 6889.0 2000.0) (* (* sigma sigma) (+ (- (/ 191.0 40.0)) (* (* sigma sigma) (/ 4063.0 2000.0)))))))
(let ((?x81 (* sigma ?x80)))
(or (< ?x81 0.0) (> ?x81 P)))))
(check-sat)
