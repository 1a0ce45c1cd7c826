"""Options that several verbs share, and how a verb talks to people: on stderr, and only when it helps."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from goemox.cli.progress import progress_bar
from goemox.cli.streams import speak_utf_8
from goemox.errors import UsageError
from goemox.wording import printable

__all__ = [
    "DateColumn",
    "Encoding",
    "Figures",
    "IdColumn",
    "InputFormat",
    "Json",
    "LabelColumns",
    "Model",
    "ModelName",
    "Naive",
    "Offline",
    "Output",
    "RuntimeOption",
    "Seed",
    "Split",
    "TextColumn",
    "TierOption",
    "is_typed",
    "keep_apart",
    "keep_off_the_hub",
    "keep_outside",
    "named_files",
    "progress_bar",
    "say",
    "split_of",
]


def _folder_of(name: str) -> Path | None:
    """A model folder by its path; None for the bundled one, by its name as everywhere."""
    if not isinstance(name, str):  # of a goemox.toml
        raise typer.BadParameter(f"expected the path of a model folder, not {name!r}")
    return None if name == "default" else Path(name)


Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        envvar="GOEMOX_MODEL",
        parser=_folder_of,
        help="A model folder; the bundled model where none is named.",
        metavar="DIR",
    ),
]
LONGEST_NAME = 100  # characters


def _one_line(name: str | None) -> str | None:
    if name is not None and (not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME):
        raise UsageError(
            f"--model-name {name!r}: expected a name on one line of at most {LONGEST_NAME} letters"
        )
    return name


ModelName = Annotated[
    str | None,
    typer.Option(
        "--model-name",
        help="What cards and reports call the model; else what it is made from.",
        metavar="NAME",
        callback=_one_line,
    ),
]
Naive = Annotated[
    Path | None,
    typer.Option(
        "--naive", help="A naive model that `goemox reproduce` wrote, asked as well.", metavar="DIR"
    ),
]
Offline = Annotated[
    bool,
    typer.Option("--offline", envvar="GOEMOX_OFFLINE", help="Never use the network.", show_default=False),
]


def keep_off_the_hub() -> None:
    """No model is downloaded from now on: what the libraries read that training imports."""
    os.environ["HF_HUB_OFFLINE"] = "1"


TextColumn = Annotated[
    str | None,
    typer.Option("--text-column", help="The column with the texts; guessed by name.", metavar="COLUMN"),
]
TierOption = Annotated[
    Literal["best", "fast", "cascade"],
    typer.Option(
        "--tier",
        help="best: the whole model. fast: its small student. cascade: the student where it is sure.",
    ),
]
RuntimeOption = Annotated[
    Literal["auto", "onnxruntime", "openvino"],
    typer.Option(
        "--runtime",
        envvar="GOEMOX_RUNTIME",
        help="What runs the model. openvino needs goemox[openvino]; auto takes what is faster here for 1,000 "
        "texts or more.",
    ),
]
IdColumn = Annotated[
    str | None,
    typer.Option("--id-column", help="The column with the ids; else row numbers.", metavar="COLUMN"),
]
DateColumn = Annotated[
    str | None,
    typer.Option("--date-column", help="The column with the dates; guessed by name.", metavar="COLUMN"),
]
LabelColumns = Annotated[
    list[str] | None,
    typer.Option(
        "--label-column",
        help="The column with the labels; guessed by name. Repeat it for one column a label.",
        metavar="COLUMN",
    ),
]
Split = Annotated[
    str | None,
    typer.Option(
        "--split",
        help="Which split of a folder or of goemotions: test, unless one is named; for calibrate, dev.",
        metavar="NAME",
    ),
]
InputFormat = Annotated[
    Literal["csv", "tsv", "jsonl", "json", "txt", "parquet", "arrow"] | None,
    typer.Option("--input-format", help="Read the input as this, whatever it is called or looks like."),
]
Encoding = Annotated[
    str | None,
    typer.Option(help="Of a text file, such as utf-16 or latin-1; found out otherwise.", metavar="NAME"),
]
Seed = Annotated[
    int,
    typer.Option(
        min=0,
        max=2**32 - 1,  # more is refused by scikit-learn
        help="Of all that is drawn at random: the same seed draws the same.",
        metavar="N",
    ),
]
Figures = Annotated[
    Path | None,
    typer.Option("--figures", help="Also write every figure there, as SVG.", metavar="DIR", file_okay=False),
]


def _utf_8_for_json(wanted: bool) -> bool:
    if wanted:
        speak_utf_8()
    return wanted


Json = Annotated[
    bool,
    typer.Option(
        "--json", help="Print one JSON document on stdout.", show_default=False, callback=_utf_8_for_json
    ),
]


def _stdout_for_dash(path: Path | None) -> Path | None:
    return None if path == Path("-") else path


Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write here instead of to stdout.", metavar="FILE", callback=_stdout_for_dash
    ),
]


def keep_apart(*named: tuple[str, Path | str | None]) -> None:
    """Refuse to write over what is read, or two things into one file: (flag, path) of each.

    Raises UsageError that names both flags.
    """
    seen: dict[Path, str] = {}
    for flag, path in named:
        if path is None or str(path) == "-":
            continue
        place = Path(path).resolve()
        if place in seen and not (place.exists() and not place.is_file()):
            raise UsageError(
                f"{seen[place]} and {flag} are the same file ({path}); nothing was written: name another"
            )
        seen[place] = flag


def keep_outside(read: tuple[str, Path | str | None], *written: tuple[str, Path | str | None]) -> None:
    """Refuse to write into a folder what the next run would read with it: (flag, path) of each.

    Raises UsageError that names both flags.
    """
    from goemox.data.folders import would_be_read

    flag, folder = read
    for output, path in written:
        if folder is None or path is None or str(path) == "-":
            continue
        if would_be_read(Path(folder), Path(path)):
            raise UsageError(
                f"{output} ({path}) lies in the folder that {flag} names: the next run would read it, too; "
                "write beside that folder"
            )


def named_files(flag: str, values: list[str]) -> dict[str, Path]:
    """Read NAME=FILE, split at the first `=`. Raises UsageError for another form, or a name given twice."""
    files: dict[str, Path] = {}
    for value in values:
        name, equals, file = value.partition("=")
        if not equals or not name.strip() or not file:
            called, path = (name.strip() or "mine", file) if equals else ("mine", value)
            such = f"{flag} {called}={path or 'texts.csv'}"
            raise UsageError(f"{flag} {value!r}: expected NAME=FILE, such as {such}")
        if name in files:
            raise UsageError(f"{flag}: {name!r} is given twice; give each file a name of its own")
        files[name] = Path(file)
    return files


def is_typed(ctx: typer.Context, *parameters: str) -> bool:
    """Whether any of these stands in the call itself: what does not fit is refused then.

    Of goemox.toml, whose lines at the top are for every command, it is passed over.
    """
    sources = [ctx.get_parameter_source(parameter) for parameter in parameters]
    return any(source is not None and source.name == "COMMANDLINE" for source in sources)


def split_of(data: str | None, asked: str | None, default: str) -> str:
    """The split that was asked for, or the verb's own. That a single file has none is told."""
    if asked and data and Path(data).is_file():
        say(f"{data}: one file has no splits; all its rows are read, whatever --split says")
    return asked or default


def say(message: str) -> None:
    """A line or more on stderr; stdout belongs to data. What a file or column is called cannot steer it."""
    sys.stderr.write("".join(f"{printable(line)}\n" for line in message.split("\n")))
