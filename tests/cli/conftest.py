import pytest
from small_clone import FUNCTIONS, PROGRAM, Clone

EVERY = ("holds", "exact", "violated", "uncaught", "nan", "fails", "waits")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A small clone with a claim of every outcome; its tests must not change it."""
    return Clone(tmp_path_factory.mktemp("clone"), EVERY, PROGRAM + FUNCTIONS)
