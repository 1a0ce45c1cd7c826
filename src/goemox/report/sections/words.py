"""The figure of the words that go with each label, one panel for each set of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.domain_shift.label_words import LEAST_GIVEN
from goemox.report.blocks import Cell, Column, Figure, Prose, Table, number_cell, share_cell, text_cell
from goemox.report.charts.word_rows import WordMark, WordRow, n_lines, word_rows
from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import IN_DOMAIN, domain_name, domain_note, label_order
from goemox.report.sentences import words as sentences
from goemox.report.sentences.verdicts import too_few
from goemox.report.texts import name
from goemox.wording import percent, plural

__all__ = ["label_words"]

TITLE = "Words that go with each label"
SHOWN = 10  # labels; the others stand behind a switch
OFTEN = 0.2  # share of a label's texts from which a word is bold and its share written
COLUMNS = 22  # that a word may take
NOTE = (
    "A word is named where it stands in more of a label's texts than of the others beyond chance (one test a "
    "word and label, Holm over all of a set), and in 5 of them or more. Surest first; bold, with its share, "
    f"where it stands in {OFTEN:.0%} or more. Repeated texts count once, so numbers may lie below "
    "those of other tables. What goes with a label need not be what the model reads."
)


@dataclass(frozen=True, slots=True)
class _Set:
    """One set of texts: its name and note in pictures, and what it says of each label."""

    name: str
    note: str
    labels: dict[str, Fields]

    def has_words(self, label: str) -> bool:
        """Whether any word goes with it here."""
        return label in self.labels and bool(self.labels[label].rows("words"))


def label_words(report: Fields) -> Figure | Prose | None:
    """Each label's words on every set that is large enough, None where nobody looked; else a sentence."""
    if not any(block.rows("words") for block in (report.fields("in_domain"), *report.rows("domains"))):
        return None
    sets = _sets(report)
    order, said = label_order(report), sentences.label_words(report)
    first = _first(order, sets)
    if not first:
        return Prose((said,), title=TITLE)
    rest = [label for label in order if label not in first and any(label in each.labels for each in sets)]
    panels, more = _panels(sets, first, "fig-words"), _panels(sets, rest, "fig-words-more")
    return Figure("fig-words", TITLE, said, panels, _table(order, sets), "panels", NOTE, more)


def _sets(report: Fields) -> list[_Set]:
    inside = report.fields("in_domain")
    found = [(IN_DOMAIN, inside), *((domain_name(domain), domain) for domain in report.rows("domains"))]
    return [
        _Set(shown, domain_note(block), {row.text("label"): row for row in block.rows("words")})
        for shown, block in found
        if block.rows("words") and not too_few(block)
    ]


def _first(order: Sequence[str], sets: Sequence[_Set]) -> list[str]:
    """The labels that are seen at once, in the order of all figures: those with words on most outside sets.

    Then those with words in domain, the frequent ones first; none where no label has any.
    """
    away = [each for each in sets if each.name != IN_DOMAIN]
    known = [label for label in order if any(each.has_words(label) for each in sets)]
    chosen = sorted(known, key=lambda label: -sum(each.has_words(label) for each in away))[:SHOWN]
    return [label for label in order if label in chosen]


def _panels(sets: Sequence[_Set], labels: Sequence[str], key: str) -> tuple[Markup, ...]:
    if not labels:
        return ()
    rows = [[_row(each, label) for label in labels] for each in sets]
    lines = [max(n_lines(row) for row in column) for column in zip(*rows, strict=True)]
    return tuple(
        word_rows(f"{key}-{index}", each.name, each.note, _described(each, labels), shown, lines)
        for index, (each, shown) in enumerate(zip(sets, rows, strict=True), 1)
    )


def _row(each: _Set, label: str) -> WordRow:
    found = each.labels.get(label)
    if found is None:
        return WordRow(label, "", (), "not looked at")
    n = found.count("n") or 0
    words = tuple(_mark(found, word) for word in found.rows("words"))
    return WordRow(label, plural(n, "text"), words, _instead(found, n))


def _instead(found: Fields, n: int) -> str:
    """Why no word stands there."""
    if n == 0:
        return "given to no text"
    if n < LEAST_GIVEN:
        return "too few texts to tell"
    if (found.count("n_others") or 0) < LEAST_GIVEN:
        return "too few texts without it to tell"
    return "no word beyond chance"


def _mark(found: Fields, word: Fields) -> WordMark:
    shown, share = name(word.text("word"), COLUMNS), _share(word.number("n_with"), found.number("n"))
    often = share is not None and share >= OFTEN
    return WordMark(shown, percent(share) if often else "", _hover(found, word, shown), often)


def _hover(found: Fields, word: Fields, shown: str) -> str:
    label, n, others = found.text("label"), found.number("n"), found.number("n_others")
    here, there = word.number("n_with"), word.number("n_without")
    said = (
        f"{shown}: in {percent(_share(here, n))} of the {count(n)} texts given {label}, "
        f"in {percent(_share(there, others))} of the {count(others)} others"
    )
    true = word.number("n_true")
    if true is None or here is None or there is None:
        return said
    return f"{said}. Of the {count(here + there)} texts with it people gave {label} to {count(true)}"


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _described(each: _Set, labels: Sequence[str]) -> str:
    known = [
        f"{label}: {', '.join(name(word.text('word'), COLUMNS) for word in each.labels[label].rows('words'))}"
        for label in labels
        if each.has_words(label)
    ]
    return f"{each.name}: {'; '.join(known) or 'no words'}."


def _table(order: Sequence[str], sets: Sequence[_Set]) -> Table:
    rows = tuple(
        _cells(each, each.labels[label], word)
        for each in sets
        for label in order
        if label in each.labels
        for word in each.labels[label].rows("words")
    )
    columns = (
        Column("Domain", numeric=False), Column("Label", numeric=False), Column("Word", numeric=False),
        Column("Texts with both"), Column("Of the label's texts"), Column("Of the others"), Column("z"),
        Column("With both by people"),
    )  # fmt: skip
    return Table("fig-words-numbers", "Words that go with each label", columns, rows, searchable=True)


def _cells(each: _Set, found: Fields, word: Fields) -> tuple[Cell, ...]:
    return (
        text_cell(each.name, foreign=True),
        text_cell(found.text("label")),
        text_cell(name(word.text("word"), COLUMNS), foreign=True),
        number_cell(word.number("n_with"), None),
        share_cell(_share(word.number("n_with"), found.number("n"))),
        share_cell(_share(word.number("n_without"), found.number("n_others"))),
        number_cell(word.number("z"), 1),
        number_cell(word.number("n_true"), None),
    )
