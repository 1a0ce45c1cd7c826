"""A hostile fast.safetensors in a folder whose sums vouch for it."""

import shutil
import time

import numpy as np
import pytest
from hostile_weights import SAFETENSORS, safetensors_attack
from safetensors.numpy import load, save

import goemox
from goemox.errors import InvalidModel
from goemox.model_folder import FAST, default_folder, write_sums

HONEST = (default_folder() / FAST).read_bytes()
SLOW_S = 10.0


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(default_folder(), tmp_path / "model")


def assert_refused(folder, content):
    (folder / FAST).write_bytes(content)
    write_sums(folder)
    began = time.monotonic()
    with pytest.raises(InvalidModel) as told:
        goemox.load(folder, tier="fast")("hello")
    assert time.monotonic() - began < SLOW_S
    assert len(str(told.value)) < 1_000


@pytest.mark.parametrize("attack", SAFETENSORS)
def test_a_fast_tier_that_lies_is_refused(folder, attack):
    assert_refused(folder, safetensors_attack(attack, HONEST))


def test_a_small_file_cannot_ask_for_a_huge_table(folder):
    arrays = load(HONEST)
    width, c = arrays["vectors"].shape[1], 100_000
    arrays |= {
        "kernel": np.zeros((1, width, c), dtype=np.float16),
        "kernel_bias": np.zeros(c, dtype=np.float32),
        "hidden": np.zeros((2 * c, 1), dtype=np.float16),
        "hidden_bias": np.zeros(1, dtype=np.float32),
        "output": np.zeros((1, 28), dtype=np.float32),
    }
    assert_refused(folder, save(arrays))
