"""A profile as plain text for a terminal; the same numbers as `goemox profile --json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from goemox.profiling import TextProfile
from goemox.profiling.kinds import KINDS
from goemox.profiling.language import HOW_TO_INSTALL
from goemox.profiling.lengths import LengthSummary
from goemox.profiling.repeats import RepeatCounts
from goemox.wording import printable

__all__ = ["profile_table"]

_WIDTH = 28
_SHOWN = 5
_LONGEST = 60  # characters of an example


def profile_table(profile: TextProfile) -> str:
    """All of a profile, one figure a line."""
    lines = [
        printable(profile.name),
        *_rows(profile),
        *_lengths(profile),
        *_language(profile),
        *_kinds(profile),
        *_origin(profile),
    ]
    return "".join(f"{line}\n" for line in lines)


def _rows(profile: TextProfile) -> Iterator[str]:
    yield _line("texts", f"{profile.n_texts:,}")
    for reason, n in profile.unusable.items():
        yield _line("unusable", f"{n:,}  {printable(reason)}")
    if profile.encoding:
        yield _line("encoding", profile.encoding)
    yield _line("columns", ", ".join(f"{part} = {printable(name)}" for part, name in profile.columns.items()))
    yield from _repeats("repeats", profile.same)
    yield from _repeats("near-duplicates", profile.near)
    for line in profile.shared_lines:
        yield _line("shared line", f"{line.n:,} × {_shown(line.line)}")


def _repeats(name: str, counts: RepeatCounts) -> Iterator[str]:
    yield _line(name, f"{counts.n:,}  {_percent(counts.share)}")
    for group in counts.examples:
        yield _line("", f"{group.n:,} × {_shown(group.text)}  (first: {printable(group.first_id)})")


def _shown(text: str) -> str:
    return printable(text[:_LONGEST]) + ("…" if len(text) > _LONGEST else "")


def _lengths(profile: TextProfile) -> Iterator[str]:
    tokens = profile.tokens
    named = {
        "characters": profile.characters,
        "words": profile.words,
        "tokens": None if tokens is None else tokens.lengths,
    }
    heads = ("mean", "least", "5 %", "25 %", "50 %", "75 %", "95 %", "99 %", "most")
    yield "length".ljust(_WIDTH) + "".join(head.rjust(8) for head in heads)
    for name, summary in named.items():
        if summary is not None:
            yield f"  {name}".ljust(_WIDTH) + "".join(cell.rjust(8) for cell in _cells(summary))
    if tokens is not None:
        of = "" if tokens.lengths.n == profile.n_texts else f" of a sample of {tokens.lengths.n:,}"
        yield _line(
            f"  over {tokens.trained} tokens", f"{_percent(tokens.over_trained)}{of} (trained length)"
        )
        yield _line(f"  over {tokens.limit} tokens", f"{_percent(tokens.over_limit)}{of} (cut by the model)")


def _cells(summary: LengthSummary) -> Iterable[str]:
    figures = (
        summary.minimum, summary.p5, summary.p25, summary.p50, summary.p75, summary.p95, summary.p99,
        summary.maximum,
    )  # fmt: skip
    return (f"{summary.mean:.1f}", *(f"{figure:,}" for figure in figures))


def _language(profile: TextProfile) -> Iterator[str]:
    shares = profile.language
    if shares is None:
        yield _line("not English", f"not looked at: {HOW_TO_INSTALL}")
        return
    of = "" if shares.n == profile.n_texts else f" of a sample of {shares.n:,}"
    most = ", ".join(f"{code} {_percent(share)}" for code, share in list(shares.languages.items())[:_SHOWN])
    yield _line("not English", f"{_percent(shares.other)}{of}" + (f"  ({most})" if most else ""))
    yield _line("too short to tell", _percent(shares.undecided))


def _kinds(profile: TextProfile) -> Iterator[str]:
    for kind, share in profile.kinds.items():
        if share:
            yield _line(kind.replace("_", " "), f"{_percent(share)}  ({KINDS[kind]})")


def _origin(profile: TextProfile) -> Iterator[str]:
    times = profile.times
    if times is not None and times.first is not None and times.last is not None:
        yield _line("time", f"{times.first:%Y-%m-%d %H:%M} to {times.last:%Y-%m-%d %H:%M} UTC")
    if times is not None and times.unreadable:
        yield _line("unreadable times", f"{times.unreadable:,}")
    for source, n in list(profile.sources.items())[:_SHOWN]:
        yield _line("source", f"{n:,}  {printable(source)}")
    if len(profile.sources) > _SHOWN:
        yield _line("", f"and {len(profile.sources) - _SHOWN:,} other sources")


def _line(name: str, value: str) -> str:
    return f"{name.ljust(_WIDTH)}{value}"


def _percent(share: float) -> str:
    """A share in per cent; a small one keeps a digit that is not 0."""
    percent = 100 * share
    return f"{percent:.1f} %" if percent >= 0.1 or not percent else f"{percent:.2g} %"
