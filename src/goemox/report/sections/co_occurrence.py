"""The figures of labels that come together: people beside the model in domain, then each domain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

from markupsafe import Markup

from goemox.evaluation.significance import LEVEL
from goemox.report.blocks import Cell, Column, Figure, Prose, Table, number_cell, text_cell
from goemox.report.charts.heatmap import Grid, heatmap, whole_percent
from goemox.report.fields import Fields
from goemox.report.formats import count, p_value
from goemox.report.order import IN_DOMAIN, domain_name, label_order
from goemox.report.sentences import co_occurrence as sentences
from goemox.report.sentences.verdicts import too_few
from goemox.wording import percent

__all__ = ["domains_together", "in_domain_together"]

SHOWN = 12  # labels in a picture
DRAWN_FROM = 10  # texts that a label needs to be drawn, and a row to be shaded
LISTED, LISTED_AWAY = 60, 40  # pairs in a table, of one domain in the table of them all
PANELS = 4  # domains before the switch
NOTE = (
    "Each row: of its n texts, the percentage that also carry the column's label, shaded from 0 to 100; "
    "a dot is less than 0.5. "
    f"Framed: together on {sentences.LEAST} texts and more, and surely more often than chance (Fisher's "
    "exact test, one-sided, Holm-adjusted over all pairs); pairs that come together less often than chance "
    f"are not marked. Drawn are the most frequent labels, of at least {DRAWN_FROM} texts; a row of fewer "
    "stays empty. The numbers hold every pair that is surely beyond chance."
)


def in_domain_together(report: Fields) -> Figure | Prose | None:
    """People and model side by side, a sentence where both give one label a text; None if not measured."""
    block = report.fields("in_domain").fields("co_occurrence")
    sides = [
        (kind, title, pairs)
        for kind, title, pairs in (
            ("true", "as people gave them", "true_pairs"),
            ("given", "as the model gives them", "pairs"),
        )
        if _square(block, kind)
    ]
    if not sides or len(_drawn(report, block)) < 2:
        return None
    said = sentences.in_domain_together(report)
    panels = tuple(
        _picture(report, f"fig-together-{kind}", title, block, (kind, pairs), IN_DOMAIN)
        for kind, title, pairs in sides
        if not sentences.apart(block, kind)
    )
    if not panels:
        return Prose((said,), "Labels that come together")
    return Figure("fig-together", "Labels that come together", said, panels, _table(block), "pair", NOTE)


def domains_together(report: Fields) -> Figure | Prose | None:
    """One picture a domain of enough texts and of texts with two labels; None where nothing is known."""
    domains = [
        domain
        for domain in report.rows("domains")
        if not too_few(domain)
        and _square(domain.fields("co_occurrence"), "given")
        and len(_drawn(report, domain.fields("co_occurrence"))) > 1
    ]
    if not domains:
        return None
    title, said = "Labels that come together, by domain", sentences.domains_together(report)
    several = [each for each in domains if not sentences.apart(each.fields("co_occurrence"), "given")]
    if not several:
        return Prose((said,), title)
    panels = tuple(
        _picture(
            report, f"fig-away-together-{index}", domain_name(domain), domain.fields("co_occurrence"),
            ("given", "pairs"), domain_name(domain),
        )
        for index, domain in enumerate(several, 1)
    )  # fmt: skip
    table = _away_table(several)
    return Figure("fig-away-together", title, said, panels[:PANELS], table, "pair", NOTE, panels[PANELS:])


def _square(block: Fields, kind: str) -> bool:
    """Whether there is a table as large as its labels, of two at least."""
    matrix, size = block.matrix(kind), len(block.texts("labels"))
    return size > 1 and len(matrix) == size and all(len(row) == size for row in matrix)


def _drawn(report: Fields, block: Fields) -> list[int]:
    """The labels that a picture shows, by their places in the block, in the order of all figures."""
    labels = block.texts("labels")
    held = [block.numbers(size) for size in ("n_given", "n_true")]
    some = [
        place
        for place in range(len(labels))
        if any(place < len(sizes) and (sizes[place] or 0) >= DRAWN_FROM for sizes in held)
    ]
    order = {label: place for place, label in enumerate(label_order(report))}
    return sorted(some[:SHOWN], key=lambda place: order.get(labels[place], len(order)))


def _picture(
    report: Fields,
    key: str,
    title: str,
    block: Fields,
    kinds: tuple[str, str],
    domain: str,
) -> Markup:
    """One heatmap; kinds: the keys of its shares and of its sure pairs."""
    places = _drawn(report, block)
    labels, matrix = block.texts("labels"), block.matrix(kinds[0])
    sizes = block.numbers("n_true" if kinds[0] == "true" else "n_given")
    shown = [labels[place] for place in places]
    held = [sizes[place] if place < len(sizes) else None for place in places]
    known = [size is None or size >= DRAWN_FROM for size in held]
    values = [
        [matrix[i][j] if is_known else None for j in places]
        for i, is_known in zip(places, known, strict=True)
    ]
    pairs = {pair.labels for pair in sentences.sure_pairs(block, kinds[1])}

    def sure(i: int, j: int) -> bool:
        return (shown[i], shown[j]) in pairs or (shown[j], shown[i]) in pairs

    def hover(i: int, j: int) -> str:
        if i == j:
            return f"{shown[i]}: {count(held[i])} texts"
        share, beyond = matrix[places[i]][places[j]], ", more often than chance" if sure(i, j) else ""
        return f"of {count(held[i])} texts with {shown[i]}, {percent(share)} have {shown[j]} too{beyond}"

    grid = Grid(
        shown, shown, values, whole_percent, hover, cell=22,
        corner=("also carries →", "texts with ↓"),
        framed=[(i, j) for i in range(len(shown)) for j in range(len(shown)) if sure(i, j)],
        aside=("n", [count(size) for size in held]), about="label", title=title,
    )  # fmt: skip
    return heatmap(key, f"Labels that come together, {title}", f"{title}: {_described(shown)}", grid, domain)


def _described(shown: Sequence[str]) -> str:
    return f"shares of texts with both labels, for {', '.join(shown)}."


def _table(block: Fields) -> Table:
    """Every sure pair of people or model, and the pairs that come together most, with what chance gives."""
    labels, n = block.texts("labels"), block.number("n")
    sides = [
        (_numbers(block, kind), block.numbers(size), _tested(block, pairs))
        for kind, size, pairs in (("true", "n_true", "true_pairs"), ("given", "n_given", "pairs"))
    ]
    total = {place: sum(found.get(place, 0.0) for found, _, _ in sides) for place in _places(labels)}
    rows = []
    for place in _listed(total, set().union(*(tested for *_, tested in sides)), LISTED):
        cells = [text_cell(labels[end]) for end in place]
        for found, sizes, tested in sides:
            cells.append(number_cell(found.get(place), None))
            cells.append(number_cell(_chance(sizes, n, place), 1))
            cells.append(_p_cell(tested.get(place), _chance(sizes, n, place)))
        rows.append(tuple(cells))
    columns = (
        Column("Label", numeric=False), Column("With", numeric=False), Column("People, texts"),
        Column("People, by chance"), Column("People, adjusted p"), Column("Model, texts"),
        Column("Model, by chance"), Column("Model, adjusted p"),
    )  # fmt: skip
    return Table("fig-together-numbers", "Pairs of labels on one text", columns, tuple(rows))


def _away_table(domains: Sequence[Fields]) -> Table:
    """The sure pairs of each domain and those that come together most."""
    rows: list[tuple[Cell, ...]] = []
    for domain in domains:
        block = domain.fields("co_occurrence")
        labels, both, tested = block.texts("labels"), _numbers(block, "given"), _tested(block, "pairs")
        total = {place: both.get(place, 0.0) for place in _places(labels)}
        for place in _listed(total, tested, LISTED_AWAY):
            chance = _chance(block.numbers("n_given"), block.number("n"), place)
            rows.append(
                (
                    text_cell(domain_name(domain), foreign=True), *(text_cell(labels[end]) for end in place),
                    number_cell(both.get(place), None), number_cell(chance, 1),
                    _p_cell(tested.get(place), chance),
                )
            )  # fmt: skip
    columns = (
        Column("Domain", numeric=False), Column("Label", numeric=False), Column("With", numeric=False),
        Column("Texts"), Column("By chance"), Column("Adjusted p"),
    )  # fmt: skip
    return Table("fig-away-together-numbers", "Pairs of labels on one text", columns, tuple(rows))


Place = tuple[int, int]


def _listed(total: Mapping[Place, float], sure: Collection[Place], most: int) -> list[Place]:
    """All sure pairs and so many others that any text has, those of most texts first."""
    ordered = sorted(total, key=lambda place: -total[place])
    frequent = [place for place in ordered if total[place] and place not in sure]
    kept = {*sure, *frequent[: max(most - len(sure), 0)]}
    return [place for place in ordered if place in kept]


def _tested(block: Fields, kind: str) -> dict[Place, float | None]:
    """The adjusted p of the pairs beyond chance, by their places in the block's labels."""
    place = {label: index for index, label in enumerate(block.texts("labels"))}
    found: dict[Place, float | None] = {}
    for pair in sentences.pairs_beyond_chance(block, kind):
        if all(label in place for label in pair.labels):
            low, high = sorted(place[label] for label in pair.labels)
            found[low, high] = pair.p_adjusted
    return found


def _p_cell(p: float | None, chance: float | None) -> Cell:
    """p; of pairs that were tested and are within chance a report only knows that it is no smaller."""
    if p is None and chance:
        return Cell(f"≥{LEVEL:.2f}", LEVEL)
    return Cell(p_value(p), p)


def _places(labels: Sequence[str]) -> list[Place]:
    return list(combinations(range(len(labels)), 2))


def _chance(sizes: Sequence[float | None], n: float | None, place: Place) -> float | None:
    """Texts with both labels if the two had nothing to do with each other."""
    one, other = (sizes[i] if i < len(sizes) else None for i in place)
    return None if one is None or other is None or not n else one * other / n


def _numbers(block: Fields, kind: str) -> dict[Place, float]:
    """Texts with both labels by their places, from the shares of the row's texts."""
    sizes = block.numbers("n_true" if kind == "true" else "n_given")
    return {
        (i, j): round(share * (sizes[i] or 0.0))
        for i, row in enumerate(block.matrix(kind))
        for j, share in enumerate(row)
        if share is not None and i < len(sizes)
    }
