"""Sentences about labels that come together: which pairs do so more often than chance, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.report.fields import Fields
from goemox.report.formats import count, decimal
from goemox.report.order import domain_name
from goemox.report.sentences.domains import NO_DOMAIN
from goemox.report.sentences.in_domain import NOT_MEASURED
from goemox.report.sentences.verdicts import compared_domains, joined
from goemox.wording import join, percent, plural

__all__ = [
    "LEAST", "Pair", "apart", "domains_together", "in_domain_together", "pairs_beyond_chance", "sure_pairs",
]  # fmt: skip

NAMED = 3
LEAST = 10  # texts with both labels: of fewer the test may be sure, a reader should not
GAP = 0.3  # difference of two shares that no chance makes in rows of …
ENOUGH = 100  # … so many texts


@dataclass(frozen=True, slots=True)
class Pair:
    """Two labels that surely come together more often than chance: on `n` texts, `expected` by chance."""

    labels: tuple[str, str]
    n: float
    expected: float
    p_adjusted: float | None

    @property
    def said(self) -> str:
        """`anger and annoyance (on 87 texts, 9.3 by chance)`."""
        chance = count(self.expected) if self.expected >= 10 else decimal(self.expected, 1)
        return f"{join(self.labels)} ({count(self.n)} against {chance} by chance)"


def sure_pairs(block: Fields, kind: str = "pairs") -> list[Pair]:
    """The pairs of a co-occurrence block that 10 texts and more have, strongest first.

    kind: "pairs", or "true_pairs" for those of people.
    """
    return [pair for pair in pairs_beyond_chance(block, kind) if pair.n >= LEAST]


def pairs_beyond_chance(block: Fields, kind: str = "pairs") -> list[Pair]:
    """All pairs that the test finds beyond chance, on however few texts, strongest first."""
    found = []
    for row in block.rows(kind):
        labels, n, expected = row.texts("labels"), row.number("n"), row.number("expected")
        if len(labels) == 2 and n is not None and expected is not None:
            found.append(Pair((labels[0], labels[1]), n, expected, row.number("p_adjusted")))
    return found


def apart(block: Fields, kind: str) -> bool:
    """Whether no text has two labels: `given` by the model, `true` by people."""
    return not any(share for row in block.matrix(kind) for share in row)


def in_domain_together(report: Fields) -> str:
    """Which labels people and the model put together, and whether they agree on it."""
    inside = report.fields("in_domain")
    block = inside.fields("co_occurrence")
    if not block.texts("labels"):
        return NOT_MEASURED
    if (block.number("n") or 0) < MIN_TEXTS:
        return "Too few texts to say which labels come together."
    model, people = sure_pairs(block), sure_pairs(block, "true_pairs")
    if not block.matrix("true"):
        return _model_alone(block, model)
    if apart(block, "true"):
        return joined(["People gave each text one label, so none come together.", _model_alone(block, model)])
    if apart(block, "given"):
        said = [f"People put {_pairs_of(people)}.", _model_alone(block, model)]
        return joined(said)
    if not model and not people:
        said = ["Neither people nor the model put two labels together more often than chance."]
    elif people:
        said = [f"People put {_pairs_of(people)}.", _agreed(model, people)]
    else:
        said = [f"People put no two labels together more often than chance, the model {_listed(model)}."]
    return joined([*said, _most_apart(block)])


def _agreed(model: Sequence[Pair], people: Sequence[Pair]) -> str:
    """How many of the people's pairs are the model's too, and which are its own."""
    same = {pair.labels for pair in people} | {pair.labels[::-1] for pair in people}
    alone = [pair for pair in model if pair.labels not in same]
    sentence = f"The model does so for {len(model) - len(alone)} of these {len(people)}"
    if len(people) == 1:
        sentence = f"The model does so {'too' if len(model) > len(alone) else 'not'}"
    if not alone:
        return f"{sentence}."
    others = alone[0].said if len(alone) == 1 else f"{len(alone)} others, most of all {alone[0].said}"
    return f"{sentence}, and for {others}."


def _most_apart(block: Fields) -> str:
    """The pair that the model puts together far more often than people, or far less; nothing if none is."""
    labels, cells = block.texts("labels"), []
    sizes = [block.numbers(key) for key in ("n_given", "n_true")]
    for i, (given, true) in enumerate(zip(block.matrix("given"), block.matrix("true"), strict=True)):
        if any(i >= len(held) or (held[i] or 0) < ENOUGH for held in sizes):
            continue
        for j, (here, there) in enumerate(zip(given, true, strict=True)):
            if here is not None and there is not None and abs(here - there) >= GAP:
                cells.append((abs(here - there), labels[i], labels[j], here, there))
    if not cells:
        return ""
    _, label, other, here, there = max(cells)
    model, people = f"to {percent(here)} of its {label} texts", f"to {percent(there)} of theirs"
    return f"Most apart: the model gives {other} {model}, people {people}."


def _model_alone(block: Fields, model: Sequence[Pair]) -> str:
    if apart(block, "given"):
        return "The model gives each text one label, so no two can come together."
    return f"The model puts {_pairs_of(model)}."


def _pairs_of(pairs: Sequence[Pair]) -> str:
    """What somebody puts, or does not."""
    if not pairs:
        return "no two labels together more often than chance"
    return f"together, more often than chance, {_listed(pairs)}"


def _listed(pairs: Sequence[Pair]) -> str:
    """The strongest pairs; labels of a pair are joined by `and`, so the pairs by semicolons."""
    listed = "; ".join(pair.said for pair in pairs[:NAMED])
    more = len(pairs) - NAMED
    return f"{listed}; and {plural(more, 'other pair')}" if more > 0 else listed


def domains_together(report: Fields) -> str:
    """Which labels the model puts together on each domain."""
    if not report.rows("domains"):
        return NO_DOMAIN
    domains, aside = compared_domains(report)
    known = [domain for domain in domains if domain.fields("co_occurrence").texts("labels")]
    single = [domain_name(domain) for domain in known if apart(domain.fields("co_occurrence"), "given")]
    found = [(domain_name(domain), sure_pairs(domain.fields("co_occurrence"))) for domain in known]
    flat = [where for where, pairs in found if not pairs and where not in single]
    paired = [(where, pairs) for where, pairs in found if pairs and where not in single]
    parts = [
        f"On {where} come together, more often than chance, {_listed(pairs)}."
        for where, pairs in paired[:NAMED]
    ]
    if len(paired) > NAMED:
        parts.append(f"So do labels on {plural(len(paired) - NAMED, 'other domain')}.")
    if flat:
        parts.append(f"On {join(flat)} no two labels come together more often than chance.")
    if single:
        parts.append(f"On {join(single)} each text gets one label at most, so no two can come together.")
    return joined([*parts, *aside]) or NOT_MEASURED
