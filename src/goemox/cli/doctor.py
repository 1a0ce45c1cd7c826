"""`goemox doctor`: what is installed, missing, broken or odd, and the command that mends it."""

from __future__ import annotations

import typer

from goemox.cli.options import Json, Model
from goemox.wording import plural, printable

SIGNS = {"ok": "ok     ", "missing": "missing", "warning": "warning", "problem": "PROBLEM"}


def doctor(model: Model = None, json: Json = False) -> None:
    """Check this installation.

    Python, packages, processor, model, cache, proxies, clock, variables and goemox.toml, with the command
    that mends what is wrong; ends with 1 where something fails because of it. Nothing is fetched.
    """
    from goemox.cli.doctor_settings import settings
    from goemox.doctor import examine

    findings = [*examine(model), *settings()]
    n_problems = sum(finding.state == "problem" for finding in findings)
    if json:
        import orjson

        document = {"ok": n_problems == 0, "findings": [f.to_dict() for f in findings]}
        typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    else:
        for finding in findings:
            remedy = f"\n           -> {finding.remedy}" if finding.remedy else ""
            typer.echo(printable(f"{SIGNS[finding.state]}  {finding.name}: {finding.detail}") + remedy)
        n_warnings = sum(finding.state == "warning" for finding in findings)
        told = [plural(n_problems, "problem"), plural(n_warnings, "warning")]
        typer.echo(f"\n{' and '.join(told)}" if n_problems or n_warnings else "\nnothing is wrong")
    if n_problems:
        raise typer.Exit(1)
