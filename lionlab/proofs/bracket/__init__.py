"""The Lyapunov functions there are of one form, over all convex K: which weights do, and which functions refute others.

    H = f + p K*(λx) + q [K(m) − ⟨λx, m⟩],       ΔH ≤ (L/2)‖x⁺−x‖²

asks of K only bilinear things, inner products of a point with a slope, once f is eliminated by its largest rise
⟨g, x⁺−x⟩ + (L/2)‖x⁺−x‖². So it is a linear program (`step.py`, `program.py`), solved in rational numbers
(`linear_program.py`): weights on Bregman remainders prove a (p, q), and what the dual finds is a convex function and a
step that refute it (`replay.py`). For all constants at once the same is an identity in computer algebra.
"""
