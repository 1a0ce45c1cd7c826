"""Which column of a file holds the text, the id, the labels: as asked for, else guessed and told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from goemox.errors import UnknownColumn, UsageError

__all__ = [
    "LABEL_NAMES",
    "PLAIN",
    "TEXT_NAMES",
    "Columns",
    "also_in_python",
    "check_column",
    "choose_columns",
    "doubt_of",
    "find_named",
]

TEXT_NAMES = (
    "text", "comment", "body", "message", "content", "sentence", "title", "review", "tweet",
    "comment_text", "post", "headline", "description", "utterance", "question",
)  # fmt: skip
"""Names that a text column is guessed by, most likely first; upper and lower case are the same."""

LABEL_NAMES = ("labels", "label", "emotions", "emotion")
"""Names that a label column is guessed by."""

_ID_NAMES = ("id",)
_SHOWN = 40  # characters of a cell
_ENOUGH, _FEW = 50, 5  # cells to judge by; different ones that are labels rather than texts


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file, and the parts that some of them play.

    names: all columns of the first rows, in their order.
    text: where the text stands.
    id: where the id stands; None = rows are numbered from 1.
    label, judged: where labels stand, and which labels somebody looked for; None = not read.
    multi_hot: instead of `label`, one column for each label, which says whether it applies.
    """

    names: tuple[str, ...]
    text: str
    id: str | None = None
    label: str | None = None
    judged: str | None = None
    multi_hot: tuple[str, ...] = ()
    taken: frozenset[str | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Remember which columns play a part; all others are carried."""
        taken = frozenset({self.text, self.id, self.label, self.judged, *self.multi_hot})
        object.__setattr__(self, "taken", taken)


PLAIN = Columns(("id", "text"), text="text", id="id")
"""Of records that come from no file with a header."""


def choose_columns(
    rows: Sequence[Mapping[str, object]],
    name: str,
    *,
    text_column: str | None,
    id_column: str | None,
    label_column: str | Sequence[str] | None,
    multi_hot: Sequence[str] = (),
    notice: Callable[[str], None],
) -> Columns:
    """Choose columns by the first rows of a file; a text column that is not called `text` is told.

    Raises UnknownColumn for a column that was asked for and is in none of the rows, and where no
    column, or more than one, looks like the text. `label_column` may list several names, of which
    the first that occurs is taken. `multi_hot`: one column for each label.
    Raises UsageError where texts and labels are to come from one column.
    """
    names = tuple(dict.fromkeys(column for row in rows for column in row))
    if label_column is not None and not isinstance(label_column, str):
        wanted = label_column
        label_column = find_named(names, wanted)
        if label_column is None:
            raise UnknownColumn(name, wanted[0], names, "--label-column (repeat it for one column a label)")
        notice(
            f"{name}: labels are read from column {label_column!r}, by its name "
            "(choose another with --label-column)"
        )
    own_labels = tuple(dict.fromkeys(multi_hot))
    asked_for = [(text_column, "text"), (id_column, "id"), (label_column, "label")]
    for asked, flag in (*asked_for, *((column, "label") for column in own_labels)):
        if asked is not None and asked not in names:
            raise UnknownColumn(name, asked, names, also_in_python(f"--{flag}-column"))
    if text_column is not None and text_column in (label_column, *own_labels):
        raise UsageError(f"--text-column and --label-column both name {text_column!r}; texts are no labels")
    row_id = id_column or find_named(names, _ID_NAMES)
    others = [column for column in names if column not in (label_column, *own_labels)]
    text = text_column or find_named(others, TEXT_NAMES)
    why = "by its name"
    if text is None:
        strings = [column for column in others if column != row_id and _holds_text(rows, column)]
        if len(strings) != 1:
            raise UnknownColumn(name, "text", names, also_in_python("--text-column"))
        text, why = strings[0], "the only column of words"
    if text_column is None and text != "text":
        more = [column for column in others if column.strip().casefold() in TEXT_NAMES and column != text]
        beside = f"; {' and '.join(map(repr, more))} may be meant, too" if more else ""
        notice(
            f"{name}: texts are read from column {text!r}, {why}{beside} (choose another with --text-column)"
        )
    if id_column is None and row_id not in (None, "id"):
        notice(f"{name}: ids are read from column {row_id!r}, by its name (choose another with --id-column)")
    judged = find_named(names, ("judged",)) if label_column is not None else None
    return Columns(names, text, row_id, label_column, judged, own_labels)


def check_column(name: str, asked: str | None, columns: Columns, flag: str) -> None:
    """Raise UnknownColumn where a column was asked for with this flag and a collection does not have it."""
    if asked is not None and asked not in columns.names:
        raise UnknownColumn(name, asked, columns.names, also_in_python(flag))


def also_in_python(flag: str) -> str:
    """An option, and what it is called as an argument."""
    return f"{flag} ({flag.lstrip('-').replace('-', '_')}= in Python)"


def doubt_of(rows: Sequence[Mapping[str, object]], column: str) -> str | None:
    """Why the first cells of a column that was asked for hardly are texts; None where they may be."""
    given = [cell for row in rows if (cell := row.get(column)) is not None and cell != ""]
    odd = [cell for cell in given if not _is_wording(cell)]
    if 2 * len(odd) > len(given):
        return f"hardly holds words, but {str(odd[0])[:_SHOWN]!r} and the like"
    different = len(set(map(str, given)))
    if len(given) >= _ENOUGH and different <= _FEW:
        return f"holds only {different} different ones in the first {len(given)} rows"
    return None


def find_named(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The column that bears the first of the wanted names that occurs, in any case; None = none does.

    Of several that differ by case alone, the one in lower case is taken, else the first.
    """
    by_name = {name.strip().casefold(): name for name in reversed(names)} | {name: name for name in names}
    return next((by_name[want] for want in wanted if want in by_name), None)


def _holds_text(rows: Sequence[Mapping[str, object]], column: str) -> bool:
    values = [row[column] for row in rows if row.get(column) is not None]
    return all(isinstance(value, str) for value in values) and any(map(_is_wording, values))


def _is_wording(value: object) -> bool:
    """Whether a cell holds a word at all: letters that are not part of a number, date or web address."""
    if not isinstance(value, str) or value.startswith(("http://", "https://")):
        return False
    return sum(character.isalpha() for character in value) > len(value) // 2
