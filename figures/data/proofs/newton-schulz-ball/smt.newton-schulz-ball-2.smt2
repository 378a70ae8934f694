; p(v) has its digits: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun x2 () Real)
(declare-fun v () Real)
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
 (let ((?x39 (* v (+ (/ 6889.0 2000.0) (* (* v v) (+ (- (/ 191.0 40.0)) (* (* v v) (/ 4063.0 2000.0))))))))
(or (> (/ 567178632281.0 500000000000.0) ?x39) (< (/ 1134357264563.0 1000000000000.0) ?x39))))
(check-sat)
