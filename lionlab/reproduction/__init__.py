"""From scripts and claims to figures and `paper_repro.md`: run once, stored whole, resumed where interrupted.

A result is stored with a key: the hash of the code that decides it, its parameters and its seed. `_sources` makes the
keys, `_freshness` holds them against what is stored, `_run` runs what is missing, `_report` writes what is there.

Adding an experiment: copy a small script of `experiments/`, keep stem and file name the same, compute arrays, name the
findings, draw from the arrays alone. `lionlab run STEM` runs it; `lionlab reproduce` finds it by itself.
"""

from ._experiment import Data as Data
from ._experiment import Experiment as Experiment
from ._experiment import experiment_stems as experiment_stems
from ._experiment import load_experiment as load_experiment
