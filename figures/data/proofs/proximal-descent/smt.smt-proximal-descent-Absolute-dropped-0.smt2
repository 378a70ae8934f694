; proximal-descent-Absolute
; negates: ΔH_h ≤ −h(γ+c_hλ)Δ1 − (hc_h/ε)Δ2, without the premise: f is convex
; expected: sat
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
(define-fun K_m_next () Real (ite (<= 0.0 m_next) m_next (* (- 1.0) m_next)))
(define-fun K_m () Real (ite (<= 0.0 m) m (* (- 1.0) m)))
; h > 0, γ, ε ≥ 0
(assert (and (and (< 0.0 length) (<= 0.0 gamma)) (<= 0.0 epsilon)))
; λ > 0
(assert (< 0.0 weight_decay))
; εγ ≤ 1
(assert (<= (* epsilon gamma) 1.0))
; slope is a slope of K
(assert (and (and (and (<= (- 1.0) slope) (<= slope 1.0)) (or (not (< 0.0 look_ahead)) (= slope 1.0))) (or (not (< look_ahead 0.0)) (= slope (- 1.0)))))
; slope_at_momentum is a slope of K
(assert (and (and (and (<= (- 1.0) slope_at_momentum) (<= slope_at_momentum 1.0)) (or (not (< 0.0 m_next)) (= slope_at_momentum 1.0))) (or (not (< m_next 0.0)) (= slope_at_momentum (- 1.0)))))
; w = s where ε = 0
(assert (or (not (= epsilon 0.0)) (= s w)))
; dual_slope is a slope of K*
(assert (and (and (and (<= (- 1.0) y_next) (<= y_next 1.0)) (or (not (< y_next 1.0)) (<= dual_slope 0.0))) (or (not (< (- 1.0) y_next)) (<= 0.0 dual_slope))))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
(assert (= length (/ 1.0 10.0)))
(assert (= gamma 1.0))
(assert (= epsilon (/ 1.0 2.0)))
(assert (= weight_decay (/ 1.0 2.0)))
; and yet
(assert (not (<= (+ (+ (+ (* (* weight_decay E) (* 1.0 (- (* force move) loss_remainder))) (* (* N weight_decay) (* 1.0 (- K_m_next K_m)))) (* (* E gamma) (* 1.0 (- (* 1.0 0.0) (* 1.0 0.0))))) (* (* N weight_decay) (- (* 1.0 (- (* 1.0 0.0) (* 1.0 0.0))) (* 1.0 (- (* y_next m_next) (* y m)))))) (* (- 1.0) (+ (* 1.0 (* (* (* length weight_decay) (+ (* gamma E) (* N weight_decay))) (* (- s y_next) (- look_ahead z_next)))) (* 1.0 (* (* N weight_decay) (* (- s w) (- m_next m)))))))))
(assert (not (= move 0.0)))
(assert (not (= m 0.0)))
(assert (not (= force 0.0)))
(check-sat)
