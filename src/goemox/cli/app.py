"""The whole command line, all verbs loaded."""

from __future__ import annotations

from goemox.cli.verbs import application

__all__ = ["app"]

app = application()
