"""Proofs about what was published beside the theorem: the methods that grew from Lion, each by two routes or more.

Where a claim has two routes they share the statement, its domain and what is taken for granted. Each decides by its
own means, refutations included: algebra by numbers at which the claim fails, z3 by a model of its query, replayed in
fractions (`_questions`, with the solver of the route smt).
"""
