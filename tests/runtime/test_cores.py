import os

import pytest

from goemox.runtime import cores


@pytest.mark.parametrize(
    ("content", "n"),
    [
        ("max 100000\n", None),
        ("200000 100000\n", 2),
        ("150000 100000", 2),
        ("1000 100000", 1),
        ("x", None),
        ("1 0", None),
    ],
)
def test_a_container_that_may_use_less_says_so(tmp_path, content, n):
    (tmp_path / "cpu.max").write_text(content)
    assert cores._quota(tmp_path / "cpu.max") == n


def test_without_a_container_all_cores_are_used(monkeypatch, tmp_path):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(cores, "QUOTA", tmp_path / "none")
    assert cores.n_cores() == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("wanted", "n"), [("3", 3), (" 3 ", 3), ("0", None), ("²", None), ("2,1", None), ("", None)]
)
def test_a_number_of_threads_in_the_environment_goes_before(monkeypatch, wanted, n):
    monkeypatch.setattr(cores, "_quota", lambda file: 1)
    monkeypatch.setenv("OMP_NUM_THREADS", wanted)
    assert cores.n_cores() == (n or 1)
