"""The factory of planted reports, as a fixture (tests are no package, so it is loaded by path)."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from goemox.report.fields import Fields


@pytest.fixture(scope="session")
def planted() -> SimpleNamespace:
    """planted_report, domain, samples, example, … of planted.py, and `fields` to read what they make."""
    names = runpy.run_path(str(Path(__file__).with_name("planted.py")))
    return SimpleNamespace(**names, fields=Fields)


@pytest.fixture
def told(planted: SimpleNamespace) -> Callable[..., str]:
    """A sentence about the in-domain set, of the planted one with changes."""

    def tell(sentence: Callable[[Fields], str], **changes: object) -> str:
        inside = {**planted.in_domain(), **changes}
        return sentence(planted.fields(planted.planted_report(in_domain=inside)))

    return tell
