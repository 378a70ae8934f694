; p(v) has its digits: its negation
; benchmark generated from python API
(set-info :status unknown)
(declare-fun x2 () Real)
(declare-fun v () Real)
(assert
 (let ((?x76 (* x2 x2)))
 (let ((?x107 (+ (/ 6889.0 2000.0) (* ?x76 (+ (* 3.0 (- (/ 191.0 40.0))) (* (* ?x76 5.0) (/ 4063.0 2000.0)))))))
 (= ?x107 0.0))))
(assert
 (let ((?x63 (* x2 (+ (/ 6889.0 2000.0) (* (* x2 x2) (+ (- (/ 191.0 40.0)) (* (* x2 x2) (/ 4063.0 2000.0))))))))
 (= v ?x63)))
(assert
 (> x2 1.0))
(assert
 (< x2 2.0))
(assert
 (let ((?x240 (* v (+ (/ 6889.0 2000.0) (* (* v v) (+ (- (/ 191.0 40.0)) (* (* v v) (/ 4063.0 2000.0))))))))
(or (> (/ 567178632281.0 500000000000.0) ?x240) (< (/ 1134357264563.0 1000000000000.0) ?x240))))
(check-sat)
