"""The sentence for the words that go with labels."""

from __future__ import annotations

from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import domain_name
from goemox.report.sentences.verdicts import compared_domains, joined, too_few
from goemox.report.texts import name
from goemox.wording import percent, plural

__all__ = ["label_words"]

COLUMNS = 22


def label_words(report: Fields) -> str:
    """On how many labels words were found on each set, and the plainest of them with its shares."""
    domains, aside = compared_domains(report)
    inside = report.fields("in_domain")
    sets = [("In domain", inside)] if inside.rows("words") and not too_few(inside) else []
    sets += [(f"On {domain_name(domain)}", domain) for domain in domains if domain.rows("words")]
    return joined([*(_of(where, block) for where, block in sets), *aside]) or (
        "Which words go with the labels was not looked at."
    )


def _of(where: str, block: Fields) -> str:
    labels = block.rows("words")
    found = [row for row in labels if row.rows("words")]
    if not found:
        return f"{where} no word goes with any label beyond chance."
    here, there, row = max(((*_shares(row), row) for row in found), key=lambda each: each[0] - each[1])
    label, word = row.text("label"), name(row.rows("words")[0].text("word"), COLUMNS)
    of = f"{len(found)} of {plural(len(labels), 'label')}"
    verb = "goes" if len(found) == 1 else "go"
    plainest = "" if len(found) == 1 else "most plainly "
    return (
        f"{where} {of} {verb} with certain words, {plainest}{label} with “{word}” (in {percent(here)} of "
        f"{count(row.number('n'))} texts, in {percent(there)} of the others)."
    )


def _shares(row: Fields) -> tuple[float, float]:
    """Of the texts given the label, and of the others, how many hold its surest word."""
    word = row.rows("words")[0]
    pairs = (("n_with", "n"), ("n_without", "n_others"))
    here, there = ((word.number(part) or 0.0) / (row.number(whole) or 1.0) for part, whole in pairs)
    return here, there
