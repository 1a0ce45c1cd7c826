"""The ladder from the first study's naive model to the release model, one repair at a time."""

from __future__ import annotations

from goemox.reproduce.ladder import reproduce
from goemox.reproduce.plan import FULL, QUICK, Plan

__all__ = ["FULL", "QUICK", "Plan", "reproduce"]
