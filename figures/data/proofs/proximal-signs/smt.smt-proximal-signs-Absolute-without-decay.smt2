; proximal-signs-Absolute-without-decay
; negates: all five terms are ≤ 0
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
(define-fun K_m_next () Real (ite (<= 0.0 m_next) m_next (* (- 1.0) m_next)))
(define-fun K_m () Real (ite (<= 0.0 m) m (* (- 1.0) m)))
; h > 0, γ, ε ≥ 0
(assert (and (and (< 0.0 length) (<= 0.0 gamma)) (<= 0.0 epsilon)))
; εγ ≤ 1
(assert (<= (* epsilon gamma) 1.0))
; slope is a slope of K
(assert (and (and (and (<= (- 1.0) slope) (<= slope 1.0)) (or (not (< 0.0 look_ahead)) (= slope 1.0))) (or (not (< look_ahead 0.0)) (= slope (- 1.0)))))
; slope_at_momentum is a slope of K
(assert (and (and (and (<= (- 1.0) slope_at_momentum) (<= slope_at_momentum 1.0)) (or (not (< 0.0 m_next)) (= slope_at_momentum 1.0))) (or (not (< m_next 0.0)) (= slope_at_momentum (- 1.0)))))
; w = s where ε = 0
(assert (or (not (= epsilon 0.0)) (= s w)))
; f is convex
(assert (<= 0.0 loss_remainder))
; and yet
(assert (not (and (and (<= 0.0 (* (- s 0.0) (- look_ahead 0.0))) (<= 0.0 (* (- s w) (- m_next m)))) (and (and (<= 0.0 loss_remainder) (<= 0.0 (- (- 0.0 0.0) (* 0.0 (- 0.0 0.0))))) (<= 0.0 (- (- K_m K_m_next) (* w (- m m_next))))))))
(check-sat)
