; weights-beyond-lower
; negates: dH_q/dt > 0 at the moment named, q beyond: lower
; expected: unsat
(set-logic QF_NRA)
(declare-const gamma Real)
(declare-const epsilon Real)
(declare-const weight_decay Real)
(declare-const q Real)
(declare-const t Real)
(declare-const s Real)
(define-fun D () Real (+ 1.0 (* epsilon weight_decay)))
(define-fun N () Real (- 1.0 (* epsilon gamma)))
; γ, ε, λ ≥ 0
(assert (and (and (<= 0.0 gamma) (<= 0.0 epsilon)) (<= 0.0 weight_decay)))
; εγ ≤ 1
(assert (<= (* epsilon gamma) 1.0))
; q is beyond the end named lower
(assert (< (* q D) (* 1.0 N)))
; t and s
(assert (= (* (* 2.0 t) (+ (+ 1.0 gamma) (* (ite (<= 0.0 q) q (* (- 1.0) q)) weight_decay))) (- N (* q D))))
; and yet
(assert (not (and (and (and (and (and (and (< 0.0 (+ (+ epsilon t) (* epsilon (- 1.0)))) (< 0.0 (* (+ epsilon t) 1.0))) (< (- 1.0) 0.0)) (< 0.0 1.0)) (and (and (and (<= (- 1.0) 1.0) (<= 1.0 1.0)) (or (not (< 0.0 (+ epsilon t))) (= 1.0 1.0))) (or (not (< (+ epsilon t) 0.0)) (= 1.0 (- 1.0))))) (and (and (and (<= (- 1.0) 1.0) (<= 1.0 1.0)) (or (not (< 0.0 (+ (+ epsilon t) (* epsilon (- 1.0))))) (= 1.0 1.0))) (or (not (< (+ (+ epsilon t) (* epsilon (- 1.0))) 0.0)) (= 1.0 (- 1.0))))) (< 0.0 (+ (* (- (- 1.0 (* gamma (+ epsilon t))) (* (* q weight_decay) (+ epsilon t))) (- 1.0 0.0)) (* q (* (- 1.0 0.0) (- 1.0))))))))
(check-sat)
