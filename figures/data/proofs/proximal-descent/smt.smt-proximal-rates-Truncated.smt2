; proximal-rates-Truncated
; negates: Δ1 ≥ 0 and ⟨s − w, m⁺ − m⟩ ≥ 0
; expected: unsat
(set-logic QF_NRA)
(declare-const length Real)
(declare-const gamma Real)
(declare-const epsilon Real)
(declare-const weight_decay Real)
(declare-const radius Real)
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
(define-fun dual_y_next () Real (ite (<= (ite (<= 0.0 y_next) y_next (* (- 1.0) y_next)) 1.0) 0.0 (* radius (- (ite (<= 0.0 y_next) y_next (* (- 1.0) y_next)) 1.0))))
(define-fun dual_y () Real (ite (<= (ite (<= 0.0 y) y (* (- 1.0) y)) 1.0) 0.0 (* radius (- (ite (<= 0.0 y) y (* (- 1.0) y)) 1.0))))
; h > 0, γ, ε ≥ 0
(assert (and (and (< 0.0 length) (<= 0.0 gamma)) (<= 0.0 epsilon)))
; λ > 0
(assert (< 0.0 weight_decay))
; εγ ≤ 1
(assert (<= (* epsilon gamma) 1.0))
; M > 0
(assert (< 0.0 radius))
; |m̃⁺| ≤ M
(assert (<= (ite (<= 0.0 look_ahead) look_ahead (* (- 1.0) look_ahead)) radius))
; slope is a slope of K
(assert (and (and (and (<= (- 1.0) slope) (<= slope 1.0)) (or (not (< 0.0 look_ahead)) (= slope 1.0))) (or (not (< look_ahead 0.0)) (= slope (- 1.0)))))
; slope_at_momentum is a slope of K
(assert (and (and (and (<= (- 1.0) slope_at_momentum) (<= slope_at_momentum 1.0)) (or (not (< 0.0 m_next)) (= slope_at_momentum 1.0))) (or (not (< m_next 0.0)) (= slope_at_momentum (- 1.0)))))
; w = s where ε = 0
(assert (or (not (= epsilon 0.0)) (= s w)))
; f is convex
(assert (<= 0.0 loss_remainder))
; dual_slope is a slope of K*
(assert (or (or (or (or (and (< 1.0 y_next) (= dual_slope radius)) (and (< y_next (- 1.0)) (= dual_slope (* (- 1.0) radius)))) (and (and (= y_next 1.0) (<= 0.0 dual_slope)) (<= dual_slope radius))) (and (and (= y_next (- 1.0)) (<= (* (- 1.0) radius) dual_slope)) (<= dual_slope 0.0))) (and (and (< (- 1.0) y_next) (< y_next 1.0)) (= dual_slope 0.0))))
; and yet
(assert (not (and (<= 0.0 (* (- s y_next) (- look_ahead z_next))) (<= 0.0 (* (- s w) (- m_next m))))))
(check-sat)
