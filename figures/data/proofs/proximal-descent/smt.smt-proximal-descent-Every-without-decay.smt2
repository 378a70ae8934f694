; proximal-descent-Every-without-decay
; negates: ΔH_h ≤ −h(γ+c_hλ)Δ1 − (hc_h/ε)Δ2
; expected: unsat
(set-logic QF_NRA)
(declare-const length Real)
(declare-const gamma Real)
(declare-const epsilon Real)
(declare-const m_next Real)
(declare-const force Real)
(declare-const loss_remainder Real)
(define-fun N () Real (- 1.0 (* epsilon gamma)))
(define-fun E () Real (+ 1.0 (* (+ epsilon length) 0.0)))
(define-fun m () Real (+ (* (+ 1.0 (* length gamma)) m_next) (* length force)))
(define-fun look_ahead () Real (- (* N m_next) (* epsilon force)))
(declare-const slope Real)
(declare-const slope_at_momentum Real)
(define-fun s () Real (* 1.0 slope))
(define-fun w () Real (* 1.0 slope_at_momentum))
(define-fun move () Real (* length (- s 0.0)))
(declare-const K_m_next Real)
(declare-const remainder_m Real)
(define-fun K_m () Real (+ (+ K_m_next (* slope_at_momentum (- m m_next))) remainder_m))
; h > 0, γ, ε ≥ 0
(assert (and (and (< 0.0 length) (<= 0.0 gamma)) (<= 0.0 epsilon)))
; εγ ≤ 1
(assert (<= (* epsilon gamma) 1.0))
; ∂K is monotone
(assert (<= 0.0 (* (- slope_at_momentum slope) (- m_next look_ahead))))
; w = s where ε = 0
(assert (or (not (= epsilon 0.0)) (= s w)))
; f is convex
(assert (<= 0.0 loss_remainder))
; a Bregman remainder is ≥ 0
(assert (<= 0.0 remainder_m))
; ∂K is monotone
(assert (<= 0.0 (* (- 0.0 slope) (- 0.0 look_ahead))))
; ∂K is monotone
(assert (<= 0.0 (* (- 0.0 slope_at_momentum) (- 0.0 m_next))))
; and yet
(assert (not (<= (+ (* (* 1.0 E) (* 1.0 (- (* force move) loss_remainder))) (* (* N 1.0) (* 1.0 (- K_m_next K_m)))) (* (- 1.0) (+ (* 1.0 (* (* (* length 1.0) (+ (* gamma E) (* N 0.0))) (* (- s 0.0) (- look_ahead 0.0)))) (* 1.0 (* (* N 1.0) (* (- s w) (- m_next m)))))))))
(check-sat)
