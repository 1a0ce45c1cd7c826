"""Numbers as a reader sees them: few digits, thousands separated, what is missing shown as a dash."""

from __future__ import annotations

from goemox.wording import MISSING

__all__ = ["MINUS", "count", "decimal", "interval", "p_value", "points", "signed"]

MINUS = "\N{MINUS SIGN}"


def decimal(value: float | None, digits: int = 3) -> str:
    """A number with fixed digits and a true minus sign; one too small to show is not shown as zero."""
    if value is None:
        return MISSING
    smallest = 10.0**-digits
    if 0 < value < smallest / 2:
        return f"<{smallest:.{digits}f}"
    return f"{value:.{digits}f}".replace("-", MINUS)


def interval(low: float | None, high: float | None, digits: int = 3) -> str:
    """`0.512 to 0.551`; a dash where either end is missing."""
    if low is None or high is None:
        return MISSING
    return f"{decimal(low, digits)} to {decimal(high, digits)}"


def count(number: float | None) -> str:
    """A whole number with thousands separated."""
    return MISSING if number is None else f"{round(number):,}"


def p_value(p: float | None, at_floor: bool | None = None) -> str:
    """A p-value; below .001 only that it is below. at_floor: it was drawn, and may be smaller than this."""
    if p is None:
        return MISSING
    return "<0.001" if p < 0.001 else f"{'≤' if at_floor else ''}{p:.3f}"


def signed(value: float | None, digits: int = 3) -> str:
    """A difference with its sign; one that rounds to zero is shown as zero, without."""
    if value is None:
        return MISSING
    shown = f"{abs(value):.{digits}f}"
    return shown if not float(shown) else f"{'+' if value > 0 else MINUS}{shown}"


def points(share: float | None) -> str:
    """A difference of two shares in percentage points, one decimal, with its sign."""
    return MISSING if share is None else f"{signed(100 * share, 1)} points"
