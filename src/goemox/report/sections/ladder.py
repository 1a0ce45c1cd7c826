"""The ladder: how the bundled model came about, from the first study's naive one, repair by repair."""

from __future__ import annotations

from goemox.report.blocks import Block, Cell, Column, Figure, Prose, Table, number_cell, share_cell, text_cell
from goemox.report.charts.ladder import LadderRow, Spoken
from goemox.report.charts.rungs import rungs_chart
from goemox.report.fields import Fields
from goemox.report.sentences import ladder as sentences
from goemox.report.texts import name
from goemox.wording import join

__all__ = ["ladder"]

TITLE = "The ladder: from naive to release, step by step"


def ladder(report: Fields) -> Block:
    """The committed ladder as a figure; a sentence where it is not about this model."""
    found = report.fields("ladder")
    rungs = found.rows("rungs")
    if not rungs:
        return Prose((sentences.NO_LADDER,), "The ladder")
    keys = [place.text("key") for place in found.rows("outside")]
    truth = found.fields("evaluated").number("neutral_share")
    places: list[tuple[str, float | None]] = [(sentences.home(found), truth)]
    places += [(name(place.text("title"), 40), None) for place in found.rows("outside")]
    said = sentences.ladder(found)
    rows = [_row(rung, keys) for rung in rungs]
    picture = rungs_chart("fig-ladder-1", TITLE, said, places, rows)
    table = _table(rungs, keys, [shown for shown, _ in places])
    return Figure("fig-ladder", TITLE, said, (picture,), table, "one", sentences.measured(found))


def _row(rung: Fields, keys: list[str]) -> LadderRow:
    f1 = rung.fields("macro_f1")
    ends = [end for end in (f1.number("low"), f1.number("high")) if end is not None]
    there = rung.fields("outside")
    return LadderRow(
        name(rung.text("title"), 40),
        rung.text("repair"),
        f1.number("mean") or 0.0,
        tuple(ends),
        (_spoken(rung), *(_spoken(there.fields(key)) for key in keys)),
    )


def _spoken(shares: Fields) -> Spoken:
    parts = [shares.fields(key).number("mean") or 0.0 for key in ("neutral_share", "no_label_share")]
    return Spoken(parts[0], parts[1], ())


def _table(rungs: tuple[Fields, ...], keys: list[str], places: list[str]) -> Table:
    columns = [
        Column("Rung", numeric=False), Column("What changed", numeric=False), Column("Runs"),
        Column("Macro-F1"), Column("Lowest run"), Column("Highest run"), Column("Micro-F1"),
        Column("Top label true"), Column("Calibration error (ECE)"),
    ]  # fmt: skip
    for place in places:
        columns += [Column(f"{place}: neutral alone"), Column(f"{place}: no label")]
    rows = [_cells(rung, keys) for rung in rungs]
    return Table("fig-ladder-numbers", f"The rungs on {join(places)}", tuple(columns), tuple(rows))


def _cells(rung: Fields, keys: list[str]) -> tuple[Cell, ...]:
    f1 = rung.fields("macro_f1")
    shares: list[Cell] = []
    for each in (rung, *(rung.fields("outside").fields(key) for key in keys)):
        shares += [share_cell(each.fields(key).number("mean")) for key in ("neutral_share", "no_label_share")]
    return (
        text_cell(name(rung.text("title"), 40)),
        text_cell(rung.text("repair")),
        number_cell(rung.number("n_models"), None),
        *(number_cell(f1.number(key)) for key in ("mean", "low", "high")),
        number_cell(rung.fields("micro_f1").number("mean")),
        share_cell(rung.fields("top1_accuracy").number("mean")),
        number_cell(rung.fields("ece_mean").number("mean"), 4),
        *shares,
    )
