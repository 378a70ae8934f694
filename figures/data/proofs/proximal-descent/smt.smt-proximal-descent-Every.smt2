; proximal-descent-Every
; negates: ΔH_h ≤ −h(γ+c_hλ)Δ1 − (hc_h/ε)Δ2
; expected: unsat
(set-logic QF_NRA)
(declare-const length Real)
(declare-const gamma Real)
(declare-const epsilon Real)
(declare-const weight_decay Real)
(declare-const y_next Real)
(declare-const m_next Real)
(declare-const force Real)
(declare-const loss_remainder Real)
(define-fun N () Real (- 1.0 (* epsilon gamma)))
(define-fun E () Real (+ 1.0 (* (+ epsilon length) weight_decay)))
(define-fun m () Real (+ (* (+ 1.0 (* length gamma)) m_next) (* length force)))
(define-fun look_ahead () Real (- (* N m_next) (* epsilon force)))
(declare-const slope Real)
(declare-const slope_at_momentum Real)
(define-fun s () Real (* 1.0 slope))
(define-fun w () Real (* 1.0 slope_at_momentum))
(declare-const dual_slope Real)
(define-fun z_next () Real (* 1.0 dual_slope))
(define-fun y () Real (- (* (+ 1.0 (* length weight_decay)) y_next) (* (* length weight_decay) s)))
(define-fun move () Real (* length (- s y_next)))
(declare-const K_m_next Real)
(declare-const remainder_m Real)
(define-fun K_m () Real (+ (+ K_m_next (* slope_at_momentum (- m m_next))) remainder_m))
(declare-const dual_y_next Real)
(declare-const dual_remainder_y Real)
(define-fun dual_y () Real (+ (+ dual_y_next (* dual_slope (- y y_next))) dual_remainder_y))
; h > 0, γ, ε ≥ 0
(assert (and (and (< 0.0 length) (<= 0.0 gamma)) (<= 0.0 epsilon)))
; λ > 0
(assert (< 0.0 weight_decay))
; εγ ≤ 1
(assert (<= (* epsilon gamma) 1.0))
; ∂K is monotone
(assert (<= 0.0 (* (- slope_at_momentum slope) (- m_next look_ahead))))
; w = s where ε = 0
(assert (or (not (= epsilon 0.0)) (= s w)))
; f is convex
(assert (<= 0.0 loss_remainder))
; ∂K is monotone
(assert (<= 0.0 (* (- y_next slope) (- dual_slope look_ahead))))
; ∂K is monotone
(assert (<= 0.0 (* (- y_next slope_at_momentum) (- dual_slope m_next))))
; a Bregman remainder is ≥ 0
(assert (<= 0.0 remainder_m))
; a Bregman remainder is ≥ 0
(assert (<= 0.0 dual_remainder_y))
; and yet
(assert (not (<= (+ (+ (+ (* (* weight_decay E) (* 1.0 (- (* force move) loss_remainder))) (* (* N weight_decay) (* 1.0 (- K_m_next K_m)))) (* (* E gamma) (* 1.0 (- (* 1.0 dual_y_next) (* 1.0 dual_y))))) (* (* N weight_decay) (- (* 1.0 (- (* 1.0 dual_y_next) (* 1.0 dual_y))) (* 1.0 (- (* y_next m_next) (* y m)))))) (* (- 1.0) (+ (* 1.0 (* (* (* length weight_decay) (+ (* gamma E) (* N weight_decay))) (* (- s y_next) (- look_ahead z_next)))) (* 1.0 (* (* N weight_decay) (* (- s w) (- m_next m)))))))))
(check-sat)
