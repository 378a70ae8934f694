; falls-Absolute
; negates: dH/dt ≤ 0
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
; λx lies in dom K*
(assert (and (<= (- 1.0) y) (<= y 1.0)))
; u is a slope of K
(assert (and (and (and (<= (- 1.0) u) (<= u 1.0)) (or (not (< 0.0 look_ahead)) (= u 1.0))) (or (not (< look_ahead 0.0)) (= u (- 1.0)))))
; w is a slope of K
(assert (and (and (and (<= (- 1.0) w) (<= w 1.0)) (or (not (< 0.0 m)) (= w 1.0))) (or (not (< m 0.0)) (= w (- 1.0)))))
; w = u where ε = 0
(assert (or (not (= epsilon 0.0)) (= u w)))
; z is a slope of K*
(assert (and (and (and (<= (- 1.0) y) (<= y 1.0)) (or (not (< y 1.0)) (<= z 0.0))) (or (not (< (- 1.0) y)) (<= 0.0 z))))
; and yet
(assert (not (<= (+ (* (* D (+ (* 1.0 force) (* 1.0 (* gamma z)))) x_dot) (* N (+ (* (* weight_decay (- (* 1.0 z) (* 1.0 m))) x_dot) (* (- (* 1.0 w) (* 1.0 y)) m_dot)))) 0.0)))
(check-sat)
