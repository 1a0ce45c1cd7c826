"""What tests share: where the real data is, a clean environment, the bundled model."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from fake_hacker_news import FakeHackerNews

KEPT = ("GOEMOX_DATA", "GOEMOX_CHROMIUM", "GOEMOX_RUNTIME")
os.environ["GOEMOX_RUNTIME"] = "onnxruntime"  # figures that hold to the last digit need one engine
# Cores are shared with other tests: a thread of torch that waits must sleep, not spin (40 times as long).
os.environ["OMP_WAIT_POLICY"] = "passive"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No setting of the machine's reaches a test, and no test writes outside its own folder."""
    for name in list(os.environ):
        if name.startswith(("GOEMOX_", "HF_", "GITHUB_", "GH_")) and name not in KEPT:
            monkeypatch.delenv(name)
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_COLOR", "1")


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
