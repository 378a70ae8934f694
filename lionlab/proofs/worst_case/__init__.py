"""The route "worst case": over all functions at once, by a weighted sum of the inequalities that define them.

A method sees a function only through samples: points, subgradients, values. What samples of a convex or of an L-smooth
function can be is a list of inequalities, linear in inner products and values (`interpolation.py`), and so is whatever
a theorem bounds. A statement "target ≤ 0" is proved by a certificate (`certificate.py`)

    target + Σ weight·(expression that is ≥ 0) = 0,        weights ≥ 0,

an identity of formal sums. Where the weights are rational functions of η, λ, β1, β2, L it covers all constants at
once; checking it takes no solver. A false statement is refuted by an exact function that breaks it (`step_scenes.py`,
and the like), or by the worst case that a semidefinite program finds (`estimation.py`), made rational and checked.

Adding one: copy `descent.py`; write the target with the pieces of `step.py`, name the inequalities and their weights.
"""
