"""The notation of the paper, of the code, and the signs between them: the table at the head of `paper_repro.md`."""

from typing import NamedTuple


class Symbol(NamedTuple):
    """A symbol, its name in the code, and its meaning with sign and range."""

    symbol: str
    code: str
    meaning: str


NOTATION = (
    Symbol("f, g = ∇f(x)", "`objective`, `objective.gradient`", "the loss and its gradient; L is its smoothness"),
    Symbol("K", "`K`", "a convex function, finite everywhere, K(0) = 0; ∇K(z) is one documented element of ∂K(z)"),
    Symbol("K*", "`K.conjugate()`", "K*(y) = sup ⟨y, z⟩ − K(z), which is +∞ outside dom K*"),
    Symbol("x", "`x`", "the parameters; the constraint set is {x : λx ∈ dom K*}"),
    Symbol("m", "`m`", "the momentum, of the sign of −∇f as in the paper; most optimizer libraries store −m"),
    Symbol("m̃⁺ = β1 m − (1−β1) g", "`look_ahead`", "the look-ahead momentum, the argument of ∇K"),
    Symbol("m⁺ = β2 m − (1−β2) g", "`step`", "the next momentum"),
    Symbol("x⁺ = x + η(∇K(m̃⁺) − λx)", '`decay="explicit"`', "the step that is run in practice; ηλ ≤ 1"),
    Symbol("x⁺ = x + η(∇K(m̃⁺) − λx⁺)", '`decay="implicit"`', "the theorem's step; explicit η is implicit η/(1−ηλ)"),
    Symbol("η", "`step_size`", "positive; a number or a schedule"),
    Symbol("λ", "`weight_decay`", "at least 0; the box of Lion is ‖x‖∞ ≤ 1/λ"),
    Symbol("β1, β2", "`beta1`, `beta2`", "weights of the old momentum in m̃⁺ and m⁺; the theorem wants β1 ≤ β2"),
    Symbol("F(x) = f(x) + K*(λx)/λ", "`constrained_minimum`", "what is minimised"),
    Symbol("c = ηβ1/(ηλ(1−β1) + 1−β2)", "`bracket_weight`", "weight of the Fenchel–Young gap in H, implicit step"),
    Symbol("H = F + c[K*(λx) + K(m) − ⟨λx, m⟩]", "`lyapunov`", "the Lyapunov function, ≥ F, +∞ until λx ∈ dom K*"),
    Symbol(
        "H_M", "`lyapunov(…, bound=M)`", "H with K restricted to a ball that holds all momenta: finite from the start"
    ),
    Symbol("Δ1 = ⟨∇K(m̃⁺) − λx⁺, m̃⁺ − z⁺⟩", "`Ledger.alignment`", "≥ 0, enters as −η(1+cλ)Δ1; z⁺ ∈ ∂K*(λx⁺)"),
    Symbol(
        "Δ2 = ⟨∇K(m̃⁺) − ∇K(m⁺), m̃⁺ − m⁺⟩",
        "`Ledger.enhancement`",
        "≥ 0, enters as −c⟨∇K(m̃⁺) − ∇K(m⁺), m⁺ − m⟩, which is ≤ 0 for β1 ≤ β2",
    ),
    Symbol(
        "D_f, D_K, D_K*",
        "`Ledger.loss_remainder`, `.momentum_remainder`, `.conjugate_remainder`",
        "Bregman remainders; only +D_f can raise H, by at most (L/2)‖x⁺ − x‖²",
    ),
    # The flow, of which the method with explicit decay is Euler's step.
    Symbol("α", "`LionKFlow.alpha`", "positive, the weight of ∇f in ṁ and of f in F; the method's is α = γ = (1−β2)/η"),
    Symbol("γ", "`LionKFlow.gamma`", "at least 0, the damping of m, in 1/time"),
    Symbol(
        "ε", "`LionKFlow.epsilon`", "at least 0, the gradient enhancement, a time; εγ ≤ 1; the method's is εγ = 1−β1"
    ),
    Symbol("ṁ = −α∇f(x) − γm", "`Motion.m_dot`", "how the momentum moves; m tracks −∇f"),
    Symbol("m̃ = m + εṁ = (1−εγ)m − εα∇f(x)", "`Motion.m_tilde`", "the look-ahead momentum of the flow"),
    Symbol(
        "ẋ = ∇K(m̃) − λx", "`Motion.x_dot`", "how x moves; where K has kinks ẋ ∈ ∂K(m̃) − λx, which slides along them"
    ),
    Symbol(
        "F(x) = αf(x) + (γ/λ)K*(λx)",
        "`LionKFlow`",
        "what the flow minimises; where α = γ, α times the F of the method",
    ),
    Symbol("c = (1−εγ)/(1+ελ)", "`flow_bracket_weight`", "weight of the Fenchel–Young gap in H of the flow, in [0, 1]"),
    Symbol(
        "H = αf(x) + (γ/λ)K*(λx) + c[K*(λx) + K(m) − ⟨λx, m⟩]",
        "`FlowSolution.lyapunov`",
        "the Lyapunov function of the flow; H_M with M = `FlowSolution.bound` where the start is outside",
    ),
    Symbol(
        "∫(γ+cλ)Δ1 + cΔ2",
        "`FlowSolution.dissipated`",
        "Δ1 = ⟨∇K(m̃) − λx, m̃ − ∇K*(λx)⟩ ≥ 0 and Δ2 = ⟨∇K(m̃) − ∇K(m), ṁ⟩ ≥ 0, integrated with the state",
    ),
    Symbol(
        "H(t) + ∫(γ+cλ)Δ1 + cΔ2 − H(0)",
        "`FlowSolution.balance_residual`",
        "0 but for the error of integration; minus ∫α̇f where α depends on time",
    ),
    Symbol("h", "`integrate(…, step=h)`", "the length of an implicit step: x⁺ = (x + hs)/(1+hλ), s ∈ ∂K(m̃⁺)"),
    Symbol("s", "`FlowSolution.selection`", "the element of ∂K(m̃⁺) that the step selects; λx where the flow rests"),
    Symbol(
        "c_h = (1−εγ)/(1+(ε+h)λ)",
        "`flow_bracket_weight(…, h)`",
        "c in H_h, which the implicit step lowers; it falls as h grows",
    ),
    Symbol(
        "H_h",
        '`FlowSolution.lyapunov` of "proximal"',
        "H with c_h for c: at every state at least H_{h′} for any h′ > h, as the bracket of c_h is at least 0",
    ),
)
