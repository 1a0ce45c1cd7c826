"""What a domain was compared with, in words: the model's own texts, those it was adapted to, or a file's."""

from __future__ import annotations

from goemox.domain_shift.phrases import OWN
from goemox.report.fields import Fields
from goemox.report.order import in_domain_name
from goemox.report.texts import name
from goemox.wording import plural

__all__ = ["home", "reference_words"]


def reference_words(reference: Fields) -> str:
    """`5,426 texts held out from training`; empty where the report does not say."""
    n, known_as = reference.count("n"), reference.text("name")
    if not n or not known_as:
        return ""
    return f"{plural(n, 'text')} {'held out from training' if known_as == OWN else f'of {name(known_as)}'}"


def home(report: Fields) -> str:
    """What sentences, and what pictures, compare a domain with; empty where only one of them does."""
    inside, known = (
        report.fields("in_domain"),
        [domain.fields("reference") for domain in report.rows("domains")],
    )
    words = next(filter(None, map(reference_words, known)), "")
    if not words or not inside.count("n"):
        return ""
    return (
        f"Home, in what is said in words here and in all of Distance, is {words}; other pictures and "
        f"sections compare with {plural(inside.number('n') or 0, 'text')} of {in_domain_name(report)}."
    )
