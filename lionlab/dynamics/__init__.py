"""Lion-K, the discrete method: described once, run as a compiled scan, with its special cases by name."""

from ._constants import at_step as at_step
from ._constants import stacked_constants as stacked_constants
from ._method import Constants as Constants
from ._method import LionK as LionK
from ._method import State as State
from ._method import bracket_weight as bracket_weight
from ._method import displacement as displacement
from ._method import look_ahead as look_ahead
from ._method import step as step
from ._noise import GaussianNoise as GaussianNoise
from ._noise import GradientNoise as GradientNoise
from ._noise import HeavyTailedNoise as HeavyTailedNoise
from ._noise import as_noise as as_noise
from ._scan import scan_steps as scan_steps
from ._trajectory import Trajectory as Trajectory
from ._unstacked import map_unstacked as map_unstacked
