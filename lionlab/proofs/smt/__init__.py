"""The route "smt": each statement's negation has no solution in real numbers, all constants and states symbolic.

    _formulas, _solver       SMT-LIB text and its exact value at rational points; z3, which sees text alone
    _functions, _facts       |·|, dead zone and Huber by pieces and graphs, and the proof that these belong together
    _obligation, _route      negations, premises that have points, hypotheses that are needed; from these a proof
    _plain                   the same statements in plain fractions, by which every model is replayed
    _step, _flow, _proximal  the three dynamics, as scenes and in plain fractions
    the others               the proofs

An answer "unsat" is z3's word; the query is an artefact, so that any other solver of QF_NRA can be asked. An answer
"sat" counts only after its model, in fractions, was replayed. An answer "unknown" counts for nothing.
"""
