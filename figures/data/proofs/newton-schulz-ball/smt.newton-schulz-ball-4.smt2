; p maps [0, P] into itself: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun x1 () Real)
(declare-fun P () Real)
(declare-fun sigma () Real)
(assert
 (let ((?x91 (* x1 x1)))
 (let ((?x36 (+ (/ 6889.0 2000.0) (* ?x91 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x91 5.0) (/ 4063.0 2000.0)))))))
 (= ?x36 0.0))))
(assert
 (let ((?x114 (* x1 (+ (/ 6889.0 2000.0) (* (* x1 x1) (+ (- (/ 191.0 40.0)) (* (* x1 x1) (/ 4063.0 2000.0))))))))
 (= ?x114 P)))
(assert
 (> x1 0.0))
(assert
 (< x1 1.0))
(assert
 (>= sigma 0.0))
(assert
 (<= sigma P))
(assert
 (let ((?x11 (+ (/ 6889.0 2000.0) (* (* sigma sigma) (+ (- (/ 191.0 40.0)) (* (* sigma sigma) (/ 4063.0 2000.0)))))))
(let ((?x211 (* sigma ?x11)))
(or (< ?x211 0.0) (> ?x211 P)))))
(check-sat)
