; decrease-Absolute
; negates: Δ1 ≥ 0, and ⟨u − w, m⁺ − m⟩ ≥ 0 where β1 ≤ β2
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
(define-fun K_m_next () Real (ite (<= 0.0 m_next) m_next (* (- 1.0) m_next)))
(define-fun K_m () Real (ite (<= 0.0 m) m (* (- 1.0) m)))
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
; slope is a slope of K
(assert (and (and (and (<= (- 1.0) slope) (<= slope 1.0)) (or (not (< 0.0 look_ahead)) (= slope 1.0))) (or (not (< look_ahead 0.0)) (= slope (- 1.0)))))
; slope_at_momentum is a slope of K
(assert (and (and (and (<= (- 1.0) slope_at_momentum) (<= slope_at_momentum 1.0)) (or (not (< 0.0 m_next)) (= slope_at_momentum 1.0))) (or (not (< m_next 0.0)) (= slope_at_momentum (- 1.0)))))
; w = u where β1 = β2
(assert (or (not (= beta1 beta2)) (= u w)))
; dual_slope is a slope of K*
(assert (and (and (and (<= (- 1.0) y_next) (<= y_next 1.0)) (or (not (< y_next 1.0)) (<= dual_slope 0.0))) (or (not (< (- 1.0) y_next)) (<= 0.0 dual_slope))))
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; f is L-smooth
(assert (and (<= (* (- 1.0) curvature) loss_remainder) (<= loss_remainder curvature)))
; and yet
(assert (not (and (<= 0.0 (* (- u y_next) (- look_ahead z_next))) (<= 0.0 (* (- u w) (- m_next m))))))
(check-sat)
