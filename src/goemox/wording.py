"""Words that messages share: numbers, shares, near misses, what a system refused; and who is told them."""

from __future__ import annotations

import errno
import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence

__all__ = [
    "JOINERS",
    "MISSING",
    "Progress",
    "Say",
    "duration",
    "first_line",
    "fitted",
    "join",
    "listed",
    "near",
    "nearest",
    "percent",
    "plural",
    "printable",
    "refusal",
]

Say = Callable[[str], None]
"""Who is told, one message at a time, what a long job does or found."""

Progress = Callable[[int], None]
"""Who is told that n more texts are done."""

MISSING = "–"

MOST_LISTED = 12  # names that a message lists; more are counted
NEAR = 0.7  # difflib's ratio from which a name may have been meant

REMEDIES = {
    errno.ENOSPC: "make room, or write elsewhere",
    errno.EDQUOT: "make room, or write elsewhere",
    errno.EROFS: "write elsewhere",
    errno.EACCES: "close it where it is open, or take another place"
    if os.name == "nt"
    else "look at its owner and mode, or take another place",
    errno.EPERM: "look at its owner and mode, or take another place",
    errno.ENAMETOOLONG: "give it a shorter name",
    errno.EMFILE: "allow more open files: ulimit -n",
}

JOINERS = "\u200c\u200d"
"""Invisible characters that are parts of ordinary emoji and of several scripts."""


def first_line(error: BaseException) -> str:
    """The first line of what an error says, or its class."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def plural(number: float, one: str, many: str | None = None) -> str:
    """`1 text`, `2,000 texts`; with `many`, words that an s does not make: `1 text is`, `2 texts are`."""
    whole = round(number)
    return f"{whole:,} {one if whole == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """A share in [0, 1] as a percentage: whole from 10 to 99, one decimal towards the ends."""
    if share is None:
        return MISSING
    hundredth = 100 * share
    if 0 < hundredth < 0.05:
        return "<0.1%"
    if 99.95 <= hundredth < 100:
        return ">99.9%"
    digits = 0 if hundredth in (0.0, 100.0) or 9.95 <= hundredth <= 99 else 1
    return f"{hundredth:.{digits}f}%"


def fitted(parts: Iterable[str], room: int, between: str) -> list[str]:
    """Parts on lines of `room` characters, broken between two of them; within one where it has no room."""
    import textwrap

    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(between) + len(part) <= room:
            lines[-1] += between + part
        else:
            lines += textwrap.wrap(part, max(room, 1), break_on_hyphens=False)
    return lines


def duration(seconds: float) -> str:
    """`4.2 s`, `42 s`, `3 min 5 s`, `2 h 10 min`."""
    whole = round(max(seconds, 0.0))
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant; None where none is near enough."""
    import difflib  # only where something is wrong: every start would pay for it

    folded = {one.casefold(): one for one in known if one != name}
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=NEAR)
    return folded[found[0]] if found else None


def near(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'text'?`, where a known name is near enough to be meant; else nothing."""
    found = nearest(name, known)
    return f"; did you mean {found!r}?" if found else ""


def join(names: Sequence[str], conjunction: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def listed(names: Sequence[str]) -> str:
    """Names with commas between them; of many the first, and how many more there are."""
    shown = ", ".join(names[:MOST_LISTED]) or "none"
    more = len(names) - MOST_LISTED
    return f"{shown} and {more:,} more" if more > 0 else shown


def refusal(error: OSError) -> str:
    """Why the system refused, and what to do; stands behind `cannot be written`: `(Disk full); make room`."""
    if error.errno in (errno.EEXIST, errno.ENOTDIR) and error.filename is not None:
        return f"({error.filename} is a file, where a folder has to be); name another place"
    if error.errno == errno.EBADF and error.filename is None:
        return "(standard output is closed); name a file with -o"
    remedy = REMEDIES.get(error.errno or 0)
    return f"({error.strerror or error})" + (f"; {remedy}" if remedy else "")


def printable(text: str) -> str:
    r"""The text on one line; control, direction and invisible characters as `\n`, `\x1b`, `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii") if _is_invisible(character) else character
        for character in text
    )


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in JOINERS
