"""The program `lionlab`. Starting it imports neither JAX nor matplotlib; a command imports what it needs.

    lionlab list                      claims, experiments, convex functions, losses
    lionlab describe lambda_sweep     one of them in full
    lionlab verify                    every claim, with its margin and its planted wrongs
    lionlab run two_phases --quick    one experiment
    lionlab check-k my_module:K       a convex function of yours, searched for violations
    lionlab reproduce                 all of it: figures/ and paper_repro.md

Adding a command: a file here with one click command that returns an exit code, and a line in `_program.py`.
"""

from ._program import main as main
