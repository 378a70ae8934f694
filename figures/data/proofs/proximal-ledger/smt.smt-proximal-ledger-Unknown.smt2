; proximal-ledger-Unknown
; negates: the ledger of the implicit step closes
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
(declare-const K_m Real)
(declare-const dual_y_next Real)
(declare-const dual_y Real)
; h > 0, γ, ε ≥ 0
(assert (and (and (< 0.0 length) (<= 0.0 gamma)) (<= 0.0 epsilon)))
; λ > 0
(assert (< 0.0 weight_decay))
; εγ ≤ 1
(assert (<= (* epsilon gamma) 1.0))
; w = s where ε = 0
(assert (or (not (= epsilon 0.0)) (= s w)))
; and yet
(assert (not (= (+ (+ (+ (* (* weight_decay E) (* 1.0 (- (* force move) loss_remainder))) (* (* N weight_decay) (* 1.0 (- K_m_next K_m)))) (* (* E gamma) (* 1.0 (- (* 1.0 dual_y_next) (* 1.0 dual_y))))) (* (* N weight_decay) (- (* 1.0 (- (* 1.0 dual_y_next) (* 1.0 dual_y))) (* 1.0 (- (* y_next m_next) (* y m)))))) (- (- (- (* (* (* (- 1.0) weight_decay) E) loss_remainder) (* (* N weight_decay) (- (- K_m K_m_next) (* w (- m m_next))))) (* (+ (* gamma E) (* N weight_decay)) (- (- (* 1.0 dual_y) (* 1.0 dual_y_next)) (* z_next (- y y_next))))) (+ (* 1.0 (* (* (* length weight_decay) (+ (* gamma E) (* N weight_decay))) (* (- s y_next) (- look_ahead z_next)))) (* 1.0 (* (* N weight_decay) (* (- s w) (- m_next m)))))))))
(check-sat)
