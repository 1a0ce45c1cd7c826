"""What a model's rule was fitted on, in words, and whose figures are too good for that."""

from __future__ import annotations

from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.texts import name
from goemox.wording import plural

__all__ = ["fitted_by", "fitted_rows", "flattered", "on_own_rows", "rule_words", "too_good"]

DIGITS = 12  # of a hash: enough to tell two adaptations apart


def fitted_rows(model: Fields) -> str:
    """`110 rows of issues`, on which `adapt` or `calibrate` fitted the rule again; empty for its own rule."""
    adapted = model.fields("adapted")
    if not adapted.text("by"):
        return ""
    return f"{plural(adapted.count('n') or 0, 'row')} of {name(adapted.text('name'))}"


def fitted_by(model: Fields) -> str:
    """`fitted by goemox adapt on 110 rows of issues`; empty for a model's own rule."""
    rows = fitted_rows(model)
    return f"fitted by goemox {model.fields('adapted').text('by')} on {rows}" if rows else ""


def rule_words(model: Fields) -> str:
    """Whose rule a model decides by: its own, or one fitted on rows, with the first digits of their hash."""
    by, digest = fitted_by(model), model.fields("adapted").text("rows_sha256")[:DIGITS]
    if not by:
        return "as it was released or trained"
    return f"{by} (SHA-256 of these rows {digest}…)" if digest else by


def on_own_rows(n: int, seen: int) -> str:
    """`the very texts`, or `40 of the 110 texts`, that a figure was measured on and a rule was fitted on."""
    return "the very texts" if seen >= n else f"{count(seen)} of the {count(n)} texts"


def flattered(home: Fields) -> tuple[str, ...]:
    """The sides of a comparison, "a" and "b", whose rule was fitted on labelled texts it is measured on."""
    return tuple(side for side in ("a", "b") if home.number(f"n_fitted_on_{side}"))


def too_good(home: Fields) -> list[str]:
    """Whose in-domain figures are too good, and why: one sentence for each such side of a comparison."""
    said = []
    for side in flattered(home):
        n, seen = (home.count(f"{key}_{side}") or 0 for key in ("n", "n_fitted_on"))
        seen_on = f"its rule was fitted on {on_own_rows(n, seen)} that they were measured on"
        said.append(f"{side.upper()}'s figures are too good: {seen_on}.")
    return said
