; decrease-Every-without-decay
; negates: Δ1 ≥ 0, and ⟨u − w, m⁺ − m⟩ ≥ 0 where β1 ≤ β2
; expected: unsat
(set-logic QF_NRA)
(declare-const step_size Real)
(declare-const beta1 Real)
(declare-const beta2 Real)
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
(define-fun move () Real (* step_size (- u 0.0)))
(define-fun curvature () Real (* (* (* (/ 1.0 2.0) smoothness) move) move))
(declare-const K_m_next Real)
(declare-const remainder_m Real)
(define-fun K_m () Real (+ (+ K_m_next (* slope_at_momentum (- m m_next))) remainder_m))
(define-fun D () Real (+ (* (* step_size 0.0) (- 1.0 beta1)) (- 1.0 beta2)))
(define-fun N () Real (* step_size beta1))
(define-fun scale () Real D)
; η > 0
(assert (< 0.0 step_size))
; 0 ≤ β1 ≤ 1, 0 ≤ β2 < 1
(assert (and (and (and (<= 0.0 beta1) (<= beta1 1.0)) (and (<= 0.0 beta2) (<= beta2 1.0))) (< beta2 1.0)))
; β1 ≤ β2
(assert (<= beta1 beta2))
; ∂K is monotone
(assert (<= 0.0 (* (- slope_at_momentum slope) (- m_next look_ahead))))
; w = u where β1 = β2
(assert (or (not (= beta1 beta2)) (= u w)))
; f is L-smooth
(assert (and (<= (* (- 1.0) curvature) loss_remainder) (<= loss_remainder curvature)))
; a Bregman remainder is ≥ 0
(assert (<= 0.0 remainder_m))
; ∂K is monotone
(assert (<= 0.0 (* (- 0.0 slope) (- 0.0 look_ahead))))
; ∂K is monotone
(assert (<= 0.0 (* (- 0.0 slope_at_momentum) (- 0.0 m_next))))
; and yet
(assert (not (and (<= 0.0 (* (- u 0.0) (- look_ahead 0.0))) (<= 0.0 (* (- u w) (- m_next m))))))
(check-sat)
