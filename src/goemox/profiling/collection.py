"""`profile`: one pass over a collection of texts, and what it found, as a `TextProfile`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from goemox._version import __version__
from goemox.classifier.given import refuse_tables
from goemox.data.bad_rows import BadRow, BadRowCounts
from goemox.data.columns import PLAIN, Columns, check_column
from goemox.data.files import RecordStream, bad_row_of, read_records, record_of
from goemox.data.formats import InputFormat
from goemox.data.rows import RawRow
from goemox.data.writers import format_of, kept_name, write_rows
from goemox.errors import InvalidInput, MissingExtra
from goemox.profiling.kinds import KINDS, kinds_of
from goemox.profiling.language import LanguageReader, LanguageShares, language_shares
from goemox.profiling.lengths import LengthCounts, LengthSummary
from goemox.profiling.repeats import Mark, RepeatCounts, Repeats
from goemox.profiling.sampling import StreamSample
from goemox.profiling.shared_lines import SharedLine, SharedLines
from goemox.profiling.times import TimeRange, Times
from goemox.profiling.tokens import TokenCounts, TokenShares
from goemox.records import TextRecord
from goemox.wording import Say, printable

__all__ = ["SAMPLE", "SCHEMA", "Profiler", "TextProfile", "profile"]

SCHEMA = "goemox.profile/1"
SAMPLE = 20_000
"""Texts whose tokens and language are looked at; of more, a fair sample of so many."""

PLAIN_TEXT = Columns(("text",), text="text")  # of texts in memory, which have no id
_BATCH = 2_048
_SOURCES = 1_000  # different sources that are told apart; further ones count as "others"
_OTHERS = "others"


@dataclass(frozen=True, slots=True)
class TextProfile:
    """What n_texts texts of one collection are like; shares are in [0, 1].

    name: of the file, or what the caller calls the collection.
    n_rows: texts and unusable rows together. unusable: reason -> such rows, empty texts among them.
    encoding: of a text file, as it was detected; None where there is none. columns: "text", "id" -> column.
    same, near: rows that repeat an earlier one: equal when `normalised`, or by `near_key` only.
    shared_lines: that stand in many of the texts which repeat no earlier one.
    characters, words: of every text, words by white space. tokens: see `TokenShares`. None without texts.
    language: of `SAMPLE` texts; None without texts, or where [language] is not installed.
    kinds: name of a kind (`kinds.KINDS`) -> share of the texts. sources: name -> number of texts.
    times: the first and the last time of a row; None where no row has one.
    """

    name: str
    n_rows: int
    n_texts: int
    unusable: Mapping[str, int]
    encoding: str | None
    columns: Mapping[str, str]
    same: RepeatCounts
    near: RepeatCounts
    shared_lines: tuple[SharedLine, ...]
    characters: LengthSummary | None
    words: LengthSummary | None
    tokens: TokenShares | None
    language: LanguageShares | None
    kinds: Mapping[str, float]
    times: TimeRange | None
    sources: Mapping[str, int]

    def in_short(self) -> dict[str, object]:
        """The figures that a study's report shows of each domain, as JSON."""
        language, tokens, times = self.language, self.tokens, self.times
        return {
            "n_same": self.same.n,
            "n_near": self.near.n,
            "not_english": None if language is None else language.other,
            "over_trained": None if tokens is None else tokens.over_trained,
            "over_limit": None if tokens is None else tokens.over_limit,
            **{kind: self.kinds[kind] for kind in ("code", "without_letters", "other_script")},
            **{key: None if times is None else times.to_dict()[key] for key in ("first", "last")},
            "unreadable_times": 0 if times is None else times.unreadable,
        }

    def to_dict(self) -> dict[str, object]:
        """The profile as JSON; its keys are in docs/files.md."""
        parts = ("same", "near", "characters", "words", "tokens", "language", "times")
        written = {name: None if (part := getattr(self, name)) is None else part.to_dict() for name in parts}
        return {
            "schema": SCHEMA,
            "goemox_version": __version__,
            "name": self.name,
            "n_rows": self.n_rows,
            "n_texts": self.n_texts,
            "unusable": dict(self.unusable),
            "encoding": self.encoding,
            "columns": dict(self.columns),
            **written,
            "shared_lines": [line.to_dict() for line in self.shared_lines],
            "kinds": dict(self.kinds),
            "sources": dict(self.sources),
        }


class Profiler:
    """Takes in rows in batches and knows at any time what all of them are like; memory: see `Repeats`."""

    def __init__(self, date_column: str | None = None) -> None:
        """Start without rows; languages are left out where [language] is not installed.

        date_column: where the times stand; None = guessed by name (`times.TIME_NAMES`).
        """
        try:
            self._reader: LanguageReader | None = LanguageReader()
        except MissingExtra:
            self._reader = None
        self.n_texts = 0
        self._repeats, self._times, self._tokens = Repeats(), Times(date_column), TokenCounts()
        self._lines = SharedLines()
        self._characters, self._words = LengthCounts(), LengthCounts()
        self._kinds: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()
        self._sample = StreamSample(SAMPLE)
        self._languages: dict[int, str | None] = {}

    def add(self, records: Sequence[TextRecord]) -> list[Mark]:
        """Take in some rows, in their order; says which of them repeat an earlier one."""
        self.n_texts += len(records)
        self._characters.add(len(record.text) for record in records)
        self._words.add(len(record.text.split()) for record in records)
        for record in records:
            self._times.add(record)
            self._kinds.update(kinds_of(record))
            self._count_source(record)
        drawn = {
            place: record.text
            for place, record in zip(self._sample.places(len(records)).tolist(), records, strict=True)
            if place >= 0
        }
        self._tokens.add(drawn)
        if self._reader is not None:
            self._languages |= {place: self._reader.language(text) for place, text in drawn.items()}
        marks = self._repeats.add(records)
        both = zip(records, marks, strict=True)
        self._lines.add(record.text for record, mark in both if mark.kind != "same")
        return marks

    def result(
        self,
        name: str,
        unusable: Mapping[str, int] | None = None,
        encoding: str | None = None,
        columns: Columns = PLAIN,
    ) -> TextProfile:
        """The profile of all rows so far."""
        unusable = dict(unusable or {})
        parts = {"text": columns.text, "id": columns.id}
        return TextProfile(
            name=name,
            n_rows=self.n_texts + sum(unusable.values()),
            n_texts=self.n_texts,
            unusable=unusable,
            encoding=encoding,
            columns={part: column for part, column in parts.items() if column is not None},
            same=self._repeats.counts("same"),
            near=self._repeats.counts("near"),
            shared_lines=self._lines.found(),
            characters=self._characters.summary(),
            words=self._words.summary(),
            tokens=self._tokens.shares(),
            language=language_shares(self._languages.values()),
            kinds={kind: self._kinds[kind] / max(1, self.n_texts) for kind in KINDS},
            times=self._times.range(),
            sources=dict(self._sources.most_common()),
        )

    def _count_source(self, record: TextRecord) -> None:
        source = record.source or record.meta.get("source")
        if isinstance(source, str) and source:
            known = source in self._sources or len(self._sources) < _SOURCES
            self._sources[source if known else _OTHERS] += 1


def profile(
    source: Path | str | Iterable[str] | Iterable[TextRecord],
    *,
    name: str | None = None,
    text_column: str | None = None,
    id_column: str | None = None,
    date_column: str | None = None,
    input_format: InputFormat | None = None,
    encoding: str | None = None,
    mark: str | Path | None = None,
    notice: Say | None = None,
    progress: Callable[[int], None] | None = None,
) -> TextProfile:
    """Read a collection once and say what it is like; nothing is removed.

    source: a file or folder that `read_records` reads, `-` for standard input, or texts.
    text_column, id_column, input_format, encoding: of a file; None = guessed and found out.
    mark: write all texts there (.jsonl, .csv, .parquet) with two more columns: `duplicate_of`, the id of the
    first row that says the same, and `duplicate_kind`, "same" or "near".
    date_column: where the times stand; None = guessed by name; dates that cannot be read are told.
    name: what to call the collection; else as its file. notice(message): what was guessed, or left out.
    progress(n) is called with the number of texts since the last call.
    Raises as `read_records`, InvalidInput where no row can be used and for a table in memory, and as
    `write_rows`.
    """
    unusable = BadRowCounts()
    if isinstance(source, (Path, str)):
        called = "stdin" if source == "-" else printable(str(source))
        path: Path | Literal["-"] = "-" if source == "-" else Path(source)
        stream = read_records(
            path, text_column=text_column, id_column=id_column, input_format=input_format,
            encoding=encoding, bad_rows=unusable, notice=notice,
        )  # fmt: skip
        check_column(str(source), date_column, stream.columns, "--date-column")
    else:
        called = "texts"
        refuse_tables(source)
        stream = RecordStream(_records(source, unusable), PLAIN)
    profiler = Profiler(date_column)
    rows = _marked_rows(stream, profiler, progress or (lambda n: None))
    if mark is None:
        for _ in rows:
            continue
    else:
        marked = Path(mark)
        write_rows(rows, marked, format_of(marked), notice=notice)
    called = name or called
    if not profiler.n_texts:
        why = f"; the first: {unusable[0].where}: {unusable[0].reason}" if unusable else ""
        raise InvalidInput(f"{called}: no row holds a text{why}")
    found = profiler.result(called, unusable.kinds, stream.encoding, stream.columns)
    if notice is not None and found.times is not None and (complaint := found.times.complaint()):
        notice(f"{called}: {complaint}")
    return found


def _records(texts: Iterable[str] | Iterable[TextRecord], unusable: list[BadRow]) -> Iterator[TextRecord]:
    """Texts in memory as records, numbered from 1; what is none is counted as a row of a file would be."""
    for number, text in enumerate(texts, start=1):
        if isinstance(text, TextRecord):
            yield text
            continue
        row = RawRow(f"text {number}", {"text": text})
        try:
            yield record_of(row, number, PLAIN_TEXT)
        except InvalidInput as problem:
            unusable.append(bad_row_of(row, problem))


MARKS = ("duplicate_of", "duplicate_kind")  # columns of marked rows; those of a reader's own stand as input_…


def _marked_rows(
    stream: RecordStream, profiler: Profiler, progress: Callable[[int], None]
) -> Iterator[Mapping[str, object]]:
    id_column, text_column = stream.columns.id or "id", stream.columns.text
    while batch := list(islice(stream, _BATCH)):
        for record, mark in zip(batch, profiler.add(batch), strict=True):
            yield {
                id_column: record.id,
                text_column: record.text,
                **{kept_name(name, MARKS, record.meta): value for name, value in record.meta.items()},
                **({} if record.labels is None else {"labels": "|".join(sorted(record.labels))}),
                "duplicate_of": mark.duplicate_of,
                "duplicate_kind": mark.kind,
            }
        progress(len(batch))
