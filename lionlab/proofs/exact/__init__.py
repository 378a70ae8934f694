"""Arithmetic that rounds nothing, or rounds outward: rational numbers, and balls that hold the true value.

    functions, ball_functions   K, K*, their subgradients: in fractions where they are rational, else in Arb balls
    one_step                    one step of Lion-K from a stored state, and all that the ledger of H is made of
    branch_and_bound            f ≥ 0 on a whole box, or a point of it where f < 0, or neither said
    grid                        an identity of rational functions, by its values at enough points
    pairs                       what the proofs about pairs K, K* share
    arithmetic                  whether this process rounds and keeps subnormals as IEEE 754 has it

The other files are proofs. Written without a glance at the rest of the library, whose floating point it judges.
"""
