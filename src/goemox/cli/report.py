"""`goemox report`: draws report.json again, or sets two studies side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from goemox.cli.options import Figures, Json, is_typed, keep_apart, say
from goemox.errors import GateFailed, InvalidInput, UsageError
from goemox.wording import plural

WORSE = ("worse", "mixed")


def report(
    ctx: typer.Context,
    document: Annotated[
        Path | None,
        typer.Argument(help="A report.json of `goemox study`, or its folder.", metavar="REPORT.JSON"),
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", help="Two studies side by side: what B changes.", metavar="A.JSON B.JSON"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write to this file; else a page beside the (second) document.",
            metavar="FILE",
        ),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="A Markdown summary instead of the page, for a comment in CI.")
    ] = False,
    json: Json = False,
    figures: Figures = None,
    fail_if_worse: Annotated[
        bool, typer.Option("--fail-if-worse", help="With --compare: exit 3 if B is surely worse in domain.")
    ] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of report.json.")] = False,
) -> None:
    """Draw a report.json again, as page, Markdown or SVG files; or compare two studies.

    Texts are paired by the rows.jsonl.gz beside each report.json.
    """
    asks_json = is_typed(ctx, "json")
    _check(document, compare, markdown=markdown, json=asks_json, gate=fail_if_worse, schema=schema)
    if schema:
        from goemox.report.files import schema_text

        _print(schema_text(), output)
    elif compare is not None:
        content = _comparison(*compare, output)
        _write(content, compare[1], output, figures, markdown=markdown, json=json)
        if fail_if_worse:
            _gate(content)
    elif document is not None:
        from goemox.studies.report_files import read_report, report_path

        keep_apart(("REPORT.JSON", report_path(document)), ("--output", output))
        _write(read_report(document), document, output, figures, markdown=markdown, json=False)


def _check(
    document: Path | None, compare: object, *, markdown: bool, json: bool, gate: bool, schema: bool
) -> None:
    """Raise UsageError for a call that asks for nothing, or for two things at once."""
    asked = [document is not None, compare is not None, schema]
    if sum(asked) != 1:
        what = "only one of them" if any(asked) else "one of them"
        raise UsageError(f"a REPORT.JSON, --compare A.JSON B.JSON or --schema: name {what}")
    if markdown and json:
        raise UsageError("--markdown and --json are two forms of the same; name one")
    if json and compare is None:
        raise UsageError("--json is for --compare; a report.json is JSON as it stands")
    if gate and compare is None:
        raise UsageError("--fail-if-worse is for --compare A.JSON B.JSON")
    if schema and markdown:
        raise UsageError("--schema prints JSON; leave --markdown out")


def _comparison(a: Path, b: Path, output: Path | None) -> dict[str, Any]:
    from goemox.comparison import compare_studies, read_study
    from goemox.studies.report_files import report_path

    for path in (a, b):
        keep_apart(("--compare", report_path(path)), ("--output", output))
    return compare_studies(read_study(a), read_study(b))


def _write(
    content: Mapping[str, Any], document: Path, output: Path | None, figures: Path | None,
    *, markdown: bool, json: bool,
) -> None:  # fmt: skip
    """What was asked for, into `output` or where it belongs: text to stdout, a page beside its document."""
    from goemox.comparison import SCHEMA as COMPARISON
    from goemox.report.comparison_markdown import comparison_markdown
    from goemox.report.files import json_bytes, write_comparison, write_figures, write_page
    from goemox.report.markdown import markdown_summary
    from goemox.studies.report_files import report_path

    place = report_path(document)
    compared = content["schema"] == COMPARISON
    if figures is not None:
        files = write_figures(content, figures)
        say(f"{plural(len(files), 'figure')} in {figures}")
    if markdown:
        _print((comparison_markdown if compared else markdown_summary)(content), output)
    elif json:
        _print(json_bytes(content).decode(), output)
    elif compared:
        typer.echo(write_comparison(content, output or place.with_name("comparison.html")))
    else:
        typer.echo(write_page(content, output or place.with_suffix(".html")))


def _print(text: str, output: Path | None) -> None:
    from goemox.data.writers import open_output

    with open_output(output) as stream:
        stream.write(text.encode())


def _gate(content: Mapping[str, Any]) -> None:
    """Raise GateFailed where B is surely worse in domain, InvalidInput where nothing can tell."""
    from goemox.report.fields import Fields
    from goemox.report.sentences.comparison import quality, untold

    report = Fields(content, "comparison")
    verdict, said = report.fields("in_domain").text("verdict") or "unknown", quality(report)
    nothing = verdict == "unknown" or untold(report.fields("in_domain"))
    if verdict in WORSE and not nothing:
        raise GateFailed(f"--fail-if-worse: {said}")
    if nothing:
        raise InvalidInput(f"--fail-if-worse has nothing to judge by. {said}")
