"""What a section is made of: figures, tables, cards, facts, paragraphs and example texts, before HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from markupsafe import Markup

from goemox.report.formats import count, decimal
from goemox.report.texts import LongText
from goemox.wording import MISSING, percent

__all__ = [
    "Block",
    "Card",
    "Cards",
    "Cell",
    "Column",
    "Example",
    "Examples",
    "Facts",
    "Figure",
    "Finding",
    "Findings",
    "Headline",
    "Prose",
    "Section",
    "Table",
    "number_cell",
    "share_cell",
    "text_cell",
]

SEARCHED_FROM = 12  # rows: shorter tables are taken in at a glance


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown, and what it is sorted and copied by (None: by what is shown).

    known_as: the name by which the page's selectors know it, where it is shown longer or otherwise.
    place: where a row's name stands among its like, if these have an order of their own, as months have.
    """

    shown: str | Markup
    value: float | None = None
    foreign: bool = False  # words that are not ours: isolated from the direction of their neighbours
    known_as: str = ""
    place: int | None = None

    @property
    def key(self) -> str | None:
        """The value as a spreadsheet reads it."""
        return None if self.value is None else f"{self.value:.10g}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; `numeric` ones align right and sort from high to low first."""

    title: str
    numeric: bool = True
    drawn: bool = False  # a picture of numbers that stand in other columns: not sorted, not copied


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column names the row. `searchable` puts a search field above a short one, too.

    The page's selectors filter the rows by the columns titled exactly "Domain", "Set", "Other set", "Label",
    "With", "True label"; and columns titled by a domain, alone or before a comma. stacked: on a phone each
    row becomes a card.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    searchable: bool = False
    folded: bool = False  # behind a switch that says its caption
    stacked: bool = False
    kind: ClassVar[str] = "table"

    @property
    def tall(self) -> bool:
        """Whether it needs a scroll bar of its own."""
        return len(self.rows) > 40

    @property
    def searched(self) -> bool:
        """Whether a search field stands above it."""
        return self.searchable or len(self.rows) > SEARCHED_FROM


@dataclass(frozen=True, slots=True)
class Figure:
    """One or more panels with the sentence that reads them and the table of their numbers.

    layout: "panels" (small multiples), "half" (beside its neighbour), "pair" (two panels beside each other),
    "one" (as wide as a text column), "wide" (one panel as wide as the page).
    more: panels behind a switch, where there are many; folded: what they are of.
    """

    key: str
    title: str
    sentence: str
    panels: tuple[Markup, ...]
    table: Table
    layout: str = "panels"
    note: str = ""
    more: tuple[Markup, ...] = ()
    folded: tuple[str, ...] = ()
    kind: ClassVar[str] = "figure"


@dataclass(frozen=True, slots=True)
class Card:
    """One number with its name, its interval and what it means."""

    title: str
    value: str
    range: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Numbers side by side."""

    cards: tuple[Card, ...]
    kind: ClassVar[str] = "cards"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, in pairs."""

    title: str
    facts: tuple[tuple[str, str | Markup], ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences, with a heading or without; `listed` ones become a list, `half` ones share the line.

    domain: the name of the one domain that they are about, for the page's selector.
    """

    paragraphs: tuple[str, ...]
    title: str = ""
    listed: bool = False
    half: bool = False
    domain: str = ""
    kind: ClassVar[str] = "prose"


@dataclass(frozen=True, slots=True)
class Headline:
    """What a hurried reader takes away, in a few sentences set large."""

    sentences: tuple[str, ...]
    kind: ClassVar[str] = "headline"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding that the study made: good, watch, bad or info, and its words."""

    level: str
    words: str


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings."""

    findings: tuple[Finding, ...]
    kind: ClassVar[str] = "findings"


@dataclass(frozen=True, slots=True)
class Example:
    """One text, why it was chosen, and what the model said: labels, and (label, probability, bar) rows.

    note: its own reason. rest: the (label, probability) pairs that have no bar. true_labels: what people
    said, None where nobody looked. naive: what a naive model said, in words. folded: behind a switch.
    """

    why: str
    text: LongText
    id: str
    url: str
    labels: tuple[str, ...]
    scores: tuple[tuple[str, str, Markup], ...]
    distance: str
    note: str = ""
    rest: tuple[tuple[str, str], ...] = ()
    true_labels: tuple[str, ...] | None = None
    naive: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples by domain: (index on the page, name, note, examples)."""

    domains: tuple[tuple[int, str, str, tuple[Example, ...]], ...]
    kind: ClassVar[str] = "examples"


Block = Figure | Table | Cards | Facts | Prose | Headline | Findings | Examples


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its anchor, its title, one sentence that leads in, and its blocks."""

    key: str
    title: str
    lead: str
    blocks: Sequence[Block] = field(default=())


def text_cell(words: str, foreign: bool = False, known_as: str = "", place: int | None = None) -> Cell:
    """Words; `foreign` for those that come from data."""
    return Cell(words or MISSING, None, foreign, known_as, place)


def number_cell(value: float | None, digits: int | None = 3) -> Cell:
    """A decimal, or a count where digits is None."""
    return Cell(count(value) if digits is None else decimal(value, digits), value)


def share_cell(value: float | None) -> Cell:
    """A share in [0, 1], shown as a percentage, sorted and copied as the share."""
    return Cell(percent(value), value)
