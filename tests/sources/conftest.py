"""A fake GitHub on loopback, and the setting that leads there."""

from contextlib import ExitStack

import pytest
from fake_github import FakeGitHub


@pytest.fixture
def github(monkeypatch):
    """start(repositories, comments, **options): a running fake that goemox talks to."""
    with ExitStack() as stack:

        def start(repositories, comments=None, **options) -> FakeGitHub:
            server = stack.enter_context(FakeGitHub(repositories, comments, **options))
            monkeypatch.setenv("GITHUB_API_URL", server.url)
            return server

        yield start
