"""What is said of a domain of which people labelled texts, which the in-domain figures were measured on."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.domain_shift.limits import LABEL_ROWS, rows_to_label
from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import domain_name
from goemox.wording import join

__all__ = ["label_advice", "labelled", "unlabelled", "well_labelled"]


def well_labelled(domain: Fields) -> bool:
    """Whether as many texts of it are labelled as a page asks for, so that it asks for no more."""
    return (domain.count("n_labelled") or 0) >= rows_to_label(domain.number("n"))


def labelled(domain: Fields) -> str:
    """`109 of the 150 texts of issues are labelled: …`, and what that is worth."""
    n, texts = count(domain.number("n_labelled")), count(domain.number("n"))
    if n == texts:
        where = domain_name(domain)
        return f"All {n} texts of {where} are labelled, and the in-domain figures are measured on these, too."
    return (
        f"{n} of the {texts} texts of {domain_name(domain)} are labelled, and the in-domain figures are "
        "measured on these, too: they hold for the others as far as these were drawn at random."
    )


def label_advice(domains: Sequence[Fields], where: str, why: str, drawn: str = "") -> str:
    """`Label about 100 texts of issues (40 are labelled) before …`. where: `of issues` or `of each`.

    drawn: how, where not all texts are asked for.
    """
    wanted = [rows_to_label(domain.number("n")) for domain in domains]
    some = f"about {count(LABEL_ROWS)} texts"
    if max(wanted) < LABEL_ROWS:
        some, drawn = (f"all {wanted[0]} texts" if len(wanted) == 1 else "all texts"), ""
    elif min(wanted) < LABEL_ROWS:
        some = f"{some}, or all there are,"
    had = [
        f"{count(domain.number('n_labelled'))}{f' of {domain_name(domain)}' if len(domains) > 1 else ''}"
        for domain in domains
        if domain.count("n_labelled")
    ]
    so_far = f" ({join(had)} {'is' if had == ['1'] else 'are'} labelled)" if had else ""
    return f"Label {some} {where}{so_far}{drawn}{why}."


def unlabelled(domains: Sequence[Fields]) -> str:
    """That shares are the model's word, except for the texts that people labelled."""
    had = [
        f"{count(domain.number('n_labelled'))} of {domain_name(domain)}"
        for domain in domains
        if domain.count("n_labelled")
    ]
    some = f"Outside texts that carry a human label are {join(had)}" if had else ""
    none = "No outside text here carries a human label"
    return f"{some or none}: a share on a domain is what the model says, not how people feel."
