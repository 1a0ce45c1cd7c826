"""The outside texts of a study: the user's files, live stories and issues, or the embedded samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from goemox.classifier.given import given_texts
from goemox.data.bad_rows import BadRow
from goemox.data.columns import check_column
from goemox.data.files import read_records
from goemox.data.samples import load_samples
from goemox.errors import InvalidInput, SourceError, UsageError
from goemox.profiling import Profiler, TextProfile
from goemox.records import TextRecord
from goemox.wording import Say, plural, printable

__all__ = ["Domain", "Texts", "domain_of", "from_files", "live_or_samples", "samples"]

STORIES = 300
ISSUES = 100
REPOSITORY = "pallets/flask"
PATIENCE_S = 3.0
Texts = str | Path | Sequence[str] | Sequence[TextRecord]
"""A file, or texts."""

STYLES = {"comments": "reddit", "story titles": "story", "issue titles": "issue"}


@dataclass(frozen=True, slots=True)
class Domain:
    """Texts from one place, without repeats. source: "live", "file" or "sample".

    text_profile: of all its texts, before repeats were dropped. date_column: where their dates stand; None =
    as their names say.
    """

    name: str
    records: tuple[TextRecord, ...]
    source: str
    description: str
    n_duplicates: int
    text_profile: TextProfile
    date_column: str | None = None

    @property
    def texts(self) -> list[str]:
        """The texts alone, in the order of `records`."""
        return [record.text for record in self.records]


def from_files(
    files: Mapping[str, Texts],
    bad_rows: list[BadRow],
    notice: Say,
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    date_column: str | None = None,
) -> list[Domain]:
    """One domain a file, or several texts that are in memory already.

    Raises UsageError where they have no names, InvalidInput for a file without a usable text and as
    `domain_of`, UnknownColumn for a column that is not there.
    """
    if not isinstance(files, Mapping):
        such = repr(str(files)) if isinstance(files, (str, Path)) else "texts"
        raise UsageError(f"give each file or list of texts a name, as a dict: {{'mine': {such}}}")
    domains = []
    for name, file in files.items():
        if not isinstance(name, str):
            raise UsageError(f"{name!r}: the name of a domain must be text; give {str(name)!r}")
        _refuse_half_pairs(name, f"the name {name!a}")
        if not isinstance(file, (str, Path)):
            domains.append(domain_of(name, file))
            continue
        path = Path(file)
        stream = read_records(
            path, text_column=text_column, id_column=id_column, bad_rows=bad_rows, notice=notice
        )
        check_column(str(path), date_column, stream.columns, "--date-column")
        records = list(stream)
        if not records:
            raise InvalidInput(f"{path}: no row with a text; domain {name!r} would be empty")
        description = f"{plural(len(records), 'row')} of {printable(path.name)}"
        domains.append(_domain(name, records, "file", description, date_column))
    return domains


def domain_of(name: str, texts: Sequence[str] | Sequence[TextRecord]) -> Domain:
    """A domain of texts in memory.

    Raises InvalidInput for a table, for no texts, an item that is none, or a blank one.
    """
    records = []
    for i, text in enumerate(given_texts(texts), start=1):
        plain = text.text if isinstance(text, TextRecord) else text
        if not isinstance(plain, str) or not plain.strip():
            raise InvalidInput(f"{name}: text {i} is empty or no text; leave such rows out")
        _refuse_half_pairs(plain, f"{name!a}: text {i}")
        records.append(text if isinstance(text, TextRecord) else TextRecord(str(i), plain))
    if not records:
        raise InvalidInput(f"{name}: no texts; give at least 50")
    return _domain(name, records, "file", plural(len(records), "text"))


def _refuse_half_pairs(text: str, what: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(
            f"{what} holds half a surrogate pair, not a character, and no report can hold that; "
            "text.encode('utf-8', 'replace').decode() takes it out"
        ) from None


def live_or_samples(*, offline: bool, warn: Say) -> list[Domain]:
    """Hacker News top stories and issues of one repository; the samples where the network does not answer."""
    if offline:
        return samples()
    # Only here: what speaks to the network takes a fifth of the time of loading everything.
    from goemox.sources.github import collect_github, github_api
    from goemox.sources.hacker_news import collect_hackernews, hacker_news_api

    domains = [
        _live(
            "Hacker News", hacker_news_api(), lambda: collect_hackernews(limit=STORIES), "top stories", warn
        ),
        _live(
            "GitHub issues",
            github_api(),
            lambda: collect_github([REPOSITORY], limit=ISSUES),
            f"issues of {REPOSITORY}",
            warn,
        ),
    ]
    found = [domain for domain in domains if domain is not None]
    return found or samples()


def samples() -> list[Domain]:
    """The embedded texts, one domain a style."""
    return [
        _domain(
            f"{name} (samples)", load_samples(style), "sample", "written for goemox: shows, proves nothing"
        )
        for name, style in STYLES.items()
    ]


def _live(
    name: str, base: str, collect: Callable[[], Iterable[TextRecord]], what: str, warn: Say
) -> Domain | None:
    from goemox.http import reachable  # only here, as in `live_or_samples`

    if not reachable(base, PATIENCE_S):
        warn(f"{name}: no answer within {PATIENCE_S:g} s")
        return None
    records: list[TextRecord] = []
    try:
        records.extend(collect())
    except SourceError as error:
        warn(f"{name}: {error}")
    return _domain(name, records, "live", f"{len(records):,} {what}") if records else None


def _domain(
    name: str,
    records: Sequence[TextRecord],
    source: str,
    description: str,
    date_column: str | None = None,
) -> Domain:
    """Drop exact repeats (after Unicode, case and spaces are made alike); keep the first of each."""
    profiler = Profiler(date_column)
    marks = profiler.add(records)
    kept = tuple(record for record, mark in zip(records, marks, strict=True) if mark.kind != "same")
    profile = profiler.result(name)
    return Domain(name, kept, source, description, len(records) - len(kept), profile, date_column)
