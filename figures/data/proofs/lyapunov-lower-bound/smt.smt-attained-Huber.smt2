; attained-Huber
; negates: H = F where m ∈ ∂K*(λx)
; expected: unsat
(set-logic QF_NRA)
(declare-const bend Real)
(declare-const step_size Real)
(declare-const weight_decay Real)
(declare-const beta1 Real)
(declare-const beta2 Real)
(declare-const y Real)
(declare-const f Real)
(declare-const m Real)
(define-fun D () Real (+ (* (* step_size weight_decay) (- 1.0 beta1)) (- 1.0 beta2)))
(define-fun dual_y () Real (* (* (* (/ 1.0 2.0) bend) y) y))
(declare-const K_m Real)
; e > 0
(assert (< 0.0 bend))
; η, λ > 0
(assert (and (< 0.0 step_size) (< 0.0 weight_decay)))
; 0 ≤ β1, β2 ≤ 1, not both 1
(assert (and (and (and (<= 0.0 beta1) (<= beta1 1.0)) (and (<= 0.0 beta2) (<= beta2 1.0))) (< (+ beta1 beta2) 2.0)))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; m is a slope of K*
(assert (or (or (and (= y 1.0) (<= bend m)) (and (= y (- 1.0)) (<= m (* (- 1.0) bend)))) (and (and (< (- 1.0) y) (< y 1.0)) (= m (* bend y)))))
; K_m is a value of K
(assert (or (or (and (<= bend m) (= (* 2.0 K_m) (- (* 2.0 m) bend))) (and (<= m (* (- 1.0) bend)) (= (* 2.0 K_m) (- (* (- 2.0) m) bend)))) (and (and (<= (* (- 1.0) bend) m) (<= m bend)) (= (* (* 2.0 bend) K_m) (* m m)))))
; and yet
(assert (not (= (+ (+ (* 0.0 (* (* weight_decay D) f)) (* 0.0 (* D dual_y))) (* (* (* step_size weight_decay) beta1) (- (+ (* 1.0 dual_y) (* 1.0 K_m)) (* 1.0 (* y m))))) 0.0)))
(check-sat)
