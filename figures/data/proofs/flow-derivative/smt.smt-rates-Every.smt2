; rates-Every
; negates: Δ1 ≥ 0 and Δ2 ≥ 0
; expected: unsat
(set-logic QF_NRA)
(declare-const gamma Real)
(declare-const epsilon Real)
(declare-const weight_decay Real)
(declare-const y Real)
(declare-const m Real)
(declare-const force Real)
(define-fun m_dot () Real (- (* (- 1.0) force) (* gamma m)))
(define-fun look_ahead () Real (+ m (* epsilon m_dot)))
(declare-const u Real)
(declare-const w Real)
(declare-const z Real)
(define-fun x_dot () Real (- u y))
(define-fun D () Real (+ 1.0 (* epsilon weight_decay)))
(define-fun N () Real (- 1.0 (* epsilon gamma)))
; γ, ε, λ ≥ 0
(assert (and (and (<= 0.0 gamma) (<= 0.0 epsilon)) (<= 0.0 weight_decay)))
; εγ ≤ 1
(assert (<= (* epsilon gamma) 1.0))
; y = λx
(assert (or (not (= weight_decay 0.0)) (= y 0.0)))
; ∂K is monotone
(assert (<= 0.0 (* (- w u) (- m look_ahead))))
; w = u where ε = 0
(assert (or (not (= epsilon 0.0)) (= u w)))
; ∂K is monotone
(assert (<= 0.0 (* (- y u) (- z look_ahead))))
; ∂K is monotone
(assert (<= 0.0 (* (- y w) (- z m))))
; and yet
(assert (not (and (<= 0.0 (* x_dot (- look_ahead z))) (<= 0.0 (* (- u w) m_dot)))))
(check-sat)
