; signs-Every
; negates: Δ1, D_K*, D_K ≥ 0, and ⟨u − w, m⁺ − m⟩ ≥ 0 where β1 ≤ β2
; expected: unsat
(set-logic QF_NRA)
(declare-const step_size Real)
(declare-const weight_decay Real)
(declare-const beta1 Real)
(declare-const beta2 Real)
(declare-const y_next Real)
(declare-const m Real)
(declare-const g Real)
(declare-const loss_remainder Real)
(declare-const smoothness Real)
(define-fun look_ahead () Real (- (* beta1 m) (* (- 1.0 beta1) g)))
(define-fun m_next () Real (- (* beta2 m) (* (- 1.0 beta2) g)))
(declare-const slope Real)
(declare-const slope_at_momentum Real)
(define-fun u () Real (* 1.0 slope))
(define-fun w () Real (* 1.0 slope_at_momentum))
(declare-const dual_slope Real)
(define-fun z_next () Real (* 1.0 dual_slope))
(define-fun y () Real (- (* (+ 1.0 (* step_size weight_decay)) y_next) (* (* step_size weight_decay) u)))
(define-fun move () Real (* step_size (- u y_next)))
(define-fun curvature () Real (* (* (* (/ 1.0 2.0) smoothness) move) move))
(declare-const K_m_next Real)
(declare-const remainder_m Real)
(define-fun K_m () Real (+ (+ K_m_next (* slope_at_momentum (- m m_next))) remainder_m))
(declare-const dual_y_next Real)
(declare-const dual_remainder_y Real)
(define-fun dual_y () Real (+ (+ dual_y_next (* dual_slope (- y y_next))) dual_remainder_y))
(define-fun D () Real (+ (* (* step_size weight_decay) (- 1.0 beta1)) (- 1.0 beta2)))
(define-fun N () Real (* step_size beta1))
(define-fun scale () Real (* weight_decay D))
; η > 0
(assert (< 0.0 step_size))
; λ > 0
(assert (< 0.0 weight_decay))
; 0 ≤ β1, β2 ≤ 1, not both 1
(assert (and (and (and (<= 0.0 beta1) (<= beta1 1.0)) (and (<= 0.0 beta2) (<= beta2 1.0))) (< (+ beta1 beta2) 2.0)))
; β1 ≤ β2
(assert (<= beta1 beta2))
; ∂K is monotone
(assert (<= 0.0 (* (- slope_at_momentum slope) (- m_next look_ahead))))
; w = u where β1 = β2
(assert (or (not (= beta1 beta2)) (= u w)))
; ∂K is monotone
(assert (<= 0.0 (* (- y_next slope) (- dual_slope look_ahead))))
; ∂K is monotone
(assert (<= 0.0 (* (- y_next slope_at_momentum) (- dual_slope m_next))))
; f is L-smooth
(assert (and (<= (* (- 1.0) curvature) loss_remainder) (<= loss_remainder curvature)))
; a Bregman remainder is ≥ 0
(assert (<= 0.0 remainder_m))
; a Bregman remainder is ≥ 0
(assert (<= 0.0 dual_remainder_y))
; and yet
(assert (not (and (and (and (<= 0.0 (* (- u y_next) (- look_ahead z_next))) (<= 0.0 (* (- u w) (- m_next m)))) (<= 0.0 (- (- (* 1.0 dual_y) (* 1.0 dual_y_next)) (* z_next (- y y_next))))) (<= 0.0 (- (- K_m K_m_next) (* w (- m m_next)))))))
(check-sat)
