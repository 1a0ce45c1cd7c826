"""What a rater sees: one text, the labels with their keys, and what else can be pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from goemox.labelling.keys import Control
from goemox.labelling.session import Session
from goemox.wording import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["Suggest", "screen_lines"]

Suggest = Callable[[str], Sequence[tuple[str, float]]]
"""What the model says of a text: labels with calibrated probabilities, most likely first."""

_FEWEST = 3  # lines of the text that are always there
_TAB = 4
_GAPS = 3  # empty lines, where there is room for them
HELP = f"""\
A label's key turns it on, and off again; a text may have several.

{Control.save}  save the labels and go on. Without a label it asks once: a text may hold no emotion.
{Control.back} (or Left)  back to the text before, saved or not. Saving it again replaces its labels.
{Control.skip} (or Right)  skip: the text stays unlabelled and comes again when the others are done.
{Control.more} (or Down, {Control.less})  turn the pages of a long text.
{Control.quit} (or Ctrl-D)  quit. All that was saved is on the disk; the same command goes on from there.

The model's own answers are hidden, since raters follow what they see; --suggest shows them.

Any key goes back to the text."""


def screen_lines(
    session: Session, texts: Sequence[str], name: str, console: Console, suggest: Suggest | None = None
) -> list[Text]:
    """The lines of the screen, at most as many and as wide as the console has.

    name: of the file that the labels go to. suggest: shows what it says below the text.
    """
    from rich.text import Text

    width, height = console.width, console.height
    if session.shows_help:
        return [line for part in HELP.splitlines() for line in _wrapped(part, console)][:height]
    if session.row is None:
        done = (
            f"All {session.n_rows} texts are labelled, in {name}. {Control.save} ends, "
            f"{Control.back} goes back to change one."
        )
        return [*_wrapped(done, console), *_wrapped(session.message, console)][:height]
    suggested = [] if suggest is None else [_cut(_suggestion(suggest(texts[session.row])), width)]
    controls = _wrapped(_controls(), console)
    fixed = 2 + _FEWEST + len(suggested) + len(controls)  # the head, a message, and a little of the text
    labels = _labels(session, width, height - fixed - _GAPS)
    gap = [Text()] if height >= fixed + len(labels) + _GAPS else []
    below = [*gap, *labels, *gap, *suggested, *controls]
    message = session.message
    if not message and height < fixed + len(labels):
        message = "the window is too small for all labels; make it larger"
    top = [_cut(_position(session, name), width), _cut(message, width, style="bold"), *gap]
    room = max(_FEWEST, height - len(top) - len(below))
    return [*top, *_page(texts[session.row], session.page, room, console), *below][:height]


def _suggestion(said: Sequence[tuple[str, float]]) -> str:
    return "model: " + "  ".join(f"{label} {p:.2f}" for label, p in said)


def _position(session: Session, name: str) -> str:
    place = f"text {(session.row or 0) + 1:,} of {session.n_rows:,}"
    skipped = f", {session.n_skipped:,} skipped" if session.n_skipped else ""
    saved = " (labelled)" if session.row in session.saved else ""
    return f"{place}{saved} · {len(session.saved):,} labelled{skipped} · {name}"


def _controls() -> str:
    return (
        f"{Control.save} save  {Control.back} back  {Control.skip} skip  {Control.help} help  "
        f"{Control.quit} quit"
    )


def _page(text: str, page: int, room: int, console: Console) -> list[Text]:
    """The lines of a text that are shown, and which they are if not all fit."""
    lines = _lines(text, console)
    if len(lines) <= room:
        return lines
    room = max(1, room - 1)
    n_pages = -(-len(lines) // room)
    start = page % n_pages * room
    shown = lines[start : start + room]
    told = f"lines {start + 1:,} to {start + len(shown):,} of {len(lines):,}; {Control.more} turns the page"
    return [*shown, _cut(told, console.width, style="italic")]


def _lines(text: str, console: Console) -> list[Text]:
    """All lines of a text, as wide as the console; what cannot be seen is spelt out."""
    from rich.text import Text

    parts = text.replace("\r\n", "\n").split("\n")
    return [
        line for part in parts for line in _wrapped(printable(part.expandtabs(_TAB)), console) or [Text()]
    ]


def _labels(session: Session, width: int, room: int) -> list[Text]:
    """All labels, in columns where they fit into the room, else one after the other."""
    from rich.text import Text

    cells = [
        Text(f"{'*' if label in session.chosen else ' '}{key} {printable(label)}",
             style="bold reverse" if label in session.chosen else "")
        for label, key in session.keys.items()
    ]  # fmt: skip
    widest = max(cell.cell_len for cell in cells) + 2
    n_columns = max(1, (width + 2) // widest)
    n_rows = -(-len(cells) // n_columns)
    if n_rows > room:
        return _one_after_the_other(cells, width)
    lines = []
    for row in range(n_rows):
        line = Text()
        for cell in cells[row::n_rows]:
            line.append_text(cell)
            line.append(" " * (widest - cell.cell_len))
        line.rstrip()
        line.truncate(width)
        lines.append(line)
    return lines


def _one_after_the_other(cells: Sequence[Text], width: int) -> list[Text]:
    from rich.text import Text

    lines = [Text()]
    for cell in cells:
        if lines[-1].cell_len and lines[-1].cell_len + 1 + cell.cell_len > width:
            lines.append(Text())
        elif lines[-1].cell_len:
            lines[-1].append(" ")
        lines[-1].append_text(cell)
    for line in lines:
        line.truncate(width)
    return lines


def _wrapped(text: str, console: Console) -> list[Text]:
    """A text in lines as wide as the console; none for an empty one."""
    from rich.text import Text

    return list(Text(text).wrap(console, console.width)) if text else []


def _cut(text: str, width: int, style: str = "") -> Text:
    from rich.text import Text

    line = Text(printable(text), style=style)
    line.truncate(width, overflow="ellipsis")
    return line
