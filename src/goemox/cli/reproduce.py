"""`goemox reproduce`: the ladder from the first study's naive model to the release model."""

from __future__ import annotations

from pathlib import Path
from shlex import join
from typing import Annotated

import typer

from goemox.cli.options import Json, Offline, keep_off_the_hub, say
from goemox.errors import UsageError


def reproduce(
    data: Annotated[
        str, typer.Option(help="A folder with GoEmotions' splits, or `goemotions`.", metavar="PATH")
    ],
    output_dir: Annotated[
        Path,
        typer.Option("--output-dir", "-o", help="Where the ladder goes; made if missing.", metavar="DIR"),
    ],
    quick: Annotated[
        bool, typer.Option("--quick", help="A small version in minutes; its figures are no result.")
    ] = False,
    base: Annotated[
        str,
        typer.Option(
            help="Of the naive rungs: minilm, distilbert, a local folder or a hub id.", metavar="NAME"
        ),
    ] = "minilm",
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Models of each rung; 3, or 1 with --quick.", metavar="N")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="A model trained elsewhere for a rung (all-labels, all-rows, optimisation, release), one a "
            "seed; repeatable. The bundled one is the release where none is named.",
            metavar="RUNG=DIR",
        ),
    ] = None,
    split: Annotated[
        str,
        typer.Option(help="Which split to measure on: dev, or test, where each look counts.", metavar="NAME"),
    ] = "dev",
    offline: Offline = False,
    json: Json = False,
) -> None:
    """Climb from the first study's naive model to the release model, one repair at a time.

    Shows which repair ended the collapse into neutral and what each is worth. Needs pip install
    'goemox[train]'. A killed climb goes on where it stopped.
    """
    from dataclasses import replace

    from goemox.report.ladder import ladder_markdown, write_ladder
    from goemox.reproduce import FULL, QUICK
    from goemox.reproduce import reproduce as climb

    models = _models(model or [])
    if output_dir.exists() and not output_dir.is_dir():
        raise UsageError(f"--output-dir {output_dir}: is a file; name a folder")
    if offline:
        keep_off_the_hub()
    plan = QUICK if quick else FULL
    plan = replace(plan, base="minilm-stock" if base == "minilm" else base, seeds=seeds or plan.seeds)
    if split == "test":
        say("a look at test: write down when and why, and choose nothing by it")
    content = climb(
        data, output_dir, plan=plan, models=models, split=split,
        command=_command(data, quick, base, plan.seeds, models, split), offline=offline, say=say,
    )  # fmt: skip
    written = write_ladder(content, output_dir)
    if json:
        import orjson

        typer.echo(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
    else:
        say(ladder_markdown(content))
        typer.echo(written)


def _models(given: list[str]) -> dict[str, list[Path]]:
    models: dict[str, list[Path]] = {}
    for value in given:
        rung, equals, folder = value.partition("=")
        if not equals or not folder:
            raise UsageError(f"--model {value!r}: write RUNG=DIR, such as release=model")
        models.setdefault(rung, []).append(Path(folder))
    return models


def _command(data: str, quick: bool, base: str, seeds: int, models: dict[str, list[Path]], split: str) -> str:
    """The call that repeats this one, without the folders of this machine."""
    parts = ["--data", data if data == "goemotions" else f"PATH/{Path(data).name}"]
    parts += ["--output-dir", "DIR", "--base", f"PATH/{Path(base).name}" if Path(base).is_dir() else base]
    parts += ["--seeds", str(seeds), "--split", split, *(["--quick"] if quick else [])]
    for rung, folders in models.items():
        parts += [part for folder in folders for part in ("--model", f"{rung}=PATH/{folder.name}")]
    return f"goemox reproduce {join(parts)}"
