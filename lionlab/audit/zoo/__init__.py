"""The zoo: optimizers rewritten from their definitions, small, each with what it truly is.

Lion, and Lion with other convex functions K; Lion with every weight decay in use, most of which keep no box or another
one; cautious Lion, AdamW, Muon, Distributed Lion; and three descriptions that circulate as Lion and are not. An audit
must find what is written beside each in `ZOO`. `perturbations` draws Lions with one small thing wrong: none may pass.
"""

from ._adam import adam as adam
from ._adam import adamw as adamw
from ._adam import largest_ratio as largest_ratio
from ._catalogue import ZOO as ZOO
from ._cautious import cautious_lion as cautious_lion
from ._cautious import masked_lion as masked_lion
from ._decays import cautious_decay as cautious_decay
from ._decays import corrected_decay as corrected_decay
from ._decays import coupled_decay as coupled_decay
from ._decays import decay_over_first as decay_over_first
from ._decays import fixed_decay as fixed_decay
from ._decays import implicit_decay as implicit_decay
from ._decays import independent_decay as independent_decay
from ._decays import lion_without_decay as lion_without_decay
from ._decays import strictly_cautious_decay as strictly_cautious_decay
from ._distributed import averaged_signs as averaged_signs
from ._distributed import majority_vote as majority_vote
from ._lion import dead_zone_lion as dead_zone_lion
from ._lion import huber_lion as huber_lion
from ._lion import lion as lion
from ._lion import lp_lion as lp_lion
from ._lion import momentum_descent as momentum_descent
from ._lion import normalised_momentum as normalised_momentum
from ._lion import signum as signum
from ._lion import top_k_lion as top_k_lion
from ._member import Member as Member
from ._misdescribed import sign_after_update as sign_after_update
from ._misdescribed import signed_second_moment as signed_second_moment
from ._muon import muon as muon
from ._muon import shipped_muon as shipped_muon
from ._perturbed import KINDS as KINDS
from ._perturbed import Kind as Kind
from ._perturbed import Perturbation as Perturbation
from ._perturbed import perturbations as perturbations
from ._perturbed import perturbed as perturbed
from ._schedule_free import schedule_free as schedule_free
