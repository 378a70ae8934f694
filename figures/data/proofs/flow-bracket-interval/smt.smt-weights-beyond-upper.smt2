; weights-beyond-upper
; negates: dH_q/dt > 0 at the moment named, q beyond: upper
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
; q is beyond the end named upper
(assert (< (* 1.0 N) (* (* q epsilon) weight_decay)))
; t and s
(assert (and (= (* (* 2.0 t) (+ (- (* (* q epsilon) weight_decay) N) (* epsilon (+ gamma (* q weight_decay))))) (* epsilon (- (* (* q epsilon) weight_decay) N))) (= (* s (+ (* 4.0 q) (- (* (* q epsilon) weight_decay) N))) (- (* (* q epsilon) weight_decay) N))))
; and yet
(assert (not (and (and (and (and (and (and (< 0.0 (+ (- t epsilon) (* epsilon 1.0))) (< 0.0 (* (- t epsilon) (- 1.0)))) (< (- 1.0) (- s 1.0))) (< (- s 1.0) 1.0)) (and (and (and (<= (- 1.0) (- 1.0)) (<= (- 1.0) 1.0)) (or (not (< 0.0 (- t epsilon))) (= (- 1.0) 1.0))) (or (not (< (- t epsilon) 0.0)) (= (- 1.0) (- 1.0))))) (and (and (and (<= (- 1.0) 1.0) (<= 1.0 1.0)) (or (not (< 0.0 (+ (- t epsilon) (* epsilon 1.0)))) (= 1.0 1.0))) (or (not (< (+ (- t epsilon) (* epsilon 1.0)) 0.0)) (= 1.0 (- 1.0))))) (< 0.0 (+ (* (- (- (- 1.0) (* gamma (- t epsilon))) (* (* q weight_decay) (- t epsilon))) (- 1.0 (- s 1.0))) (* q (* (- (- 1.0) (- s 1.0)) 1.0)))))))
(check-sat)
