"""What tests share: where the real data is, a clean environment, the bundled model."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from fake_hacker_news import FakeHackerNews
from hypothesis import settings

KEPT = ("GOEMOX_DATA", "GOEMOX_CHROMIUM", "GOEMOX_RUNTIME")
os.environ["GOEMOX_RUNTIME"] = "onnxruntime"  # figures that hold to the last digit need one engine
# Cores are shared with other tests, and threads that wait by spinning take up to forty times as long then:
# those of torch sleep, and the linear algebra of numpy and scipy has one.
os.environ["OMP_WAIT_POLICY"] = "passive"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
# Hundreds of processes are started from the same sources: they are compiled once.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The same examples each time, so that no change fails by what another day would have found as well; new ones
# are tried by `python -m tasks test --random`, and ten thousands by the fuzzers in benchmarks/security.
settings.register_profile("same", derandomize=True)
settings.register_profile("new", derandomize=False)
settings.load_profile("same")

# The files that take longest, longest first: begun late, one of them would keep a core waiting for the other.
LONGEST = (
    "scale/test_ray.py", "serve/test_conformance.py", "serve/test_comparing.py", "docs/test_code_blocks.py",
    "training/test_killed_training.py", "studies/test_same_bytes.py", "studies/test_whole_study.py",
    "serve/test_operation.py", "training/test_full_weights.py", "browser/test_report_tables.py",
    "docs/test_docs_site.py", "browser/test_report_accessibility.py", "browser/test_report_filters.py",
    "serve/test_page_files.py", "serve/test_page_access.py", "runtime/test_engines.py",
    "runtime/test_choice.py", "browser/test_report_pictures.py", "serve/test_security_lines.py",
    "adaptation/test_adapt_honesty.py",
    "training/test_foreign_folders.py", "reproduce/test_climbing.py", "training/test_own_labels.py",
    "training/test_whole_model.py", "adaptation/test_adapt.py", "cli/test_evaluate_command.py",
    "scale/test_killed_and_resumed.py", "packaging/test_typing.py", "sources/test_github_faults.py",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    """The longest files first, the others in the order that they came in."""
    rank = {Path(__file__).parent / name: n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What test files load stays: nothing is thrown away meanwhile, and nobody looks through it afterwards.

    Looking for garbage takes a tenth of the time of loading, and of that of many tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No setting of the machine's reaches a test, and no test writes outside its own folder."""
    for name in list(os.environ):
        if name.startswith(("GOEMOX_", "HF_", "GITHUB_", "GH_")) and name not in KEPT:
            monkeypatch.delenv(name)
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_COLOR", "1")


class Done(NamedTuple):
    """What a command wrote to stdout and stderr, and its exit code."""

    out: str
    err: str
    code: int


@pytest.fixture
def command(monkeypatch, capsys):
    """Run `goemox …` in this process; returns a `Done`."""

    def run(*arguments: object) -> Done:
        from goemox.cli import main

        monkeypatch.setattr(sys, "argv", ["goemox", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Done(out, err, code)

    return run


@pytest.fixture
def hacker_news_server(monkeypatch):
    """start(items, **options): a fake Hacker News on loopback, and the settings that lead there."""
    with ExitStack() as stack:

        def start(items, **options) -> FakeHackerNews:
            server = stack.enter_context(FakeHackerNews(items, **options))
            for name, value in server.environment.items():
                monkeypatch.setenv(name, value)
            return server

        yield start


@pytest.fixture(scope="session")
def goemox_data() -> Path:
    """The folder with the real data sets; they are not part of the repository."""
    folder = os.environ.get("GOEMOX_DATA")
    if not folder:
        pytest.skip(
            "GOEMOX_DATA is not set; it names the folder with goemotions/, hackernews/, github_issues/"
        )
    return Path(folder)


@pytest.fixture(scope="session")
def classifier():
    """The bundled model, loaded once."""
    import goemox

    return goemox.load(runtime="onnxruntime")
