"""The whole command line, all verbs loaded, for what looks at it as a whole: pages and tests."""

from __future__ import annotations

from goemox.cli.verbs import application

__all__ = ["app"]

app = application()
