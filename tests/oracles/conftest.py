"""The libraries that ours is held against: not dependencies, and loaded by the tests that need them alone."""

import warnings

import pytest


@pytest.fixture(scope="session")
def library():
    """library(module): it, or the test is skipped where nobody installed it. Some take seconds to load."""

    def load(module):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the libraries that they stand on
            why = f"{module} is not installed: pip install -e '.[oracles]'"
            return pytest.importorskip(module, reason=why)

    return load
