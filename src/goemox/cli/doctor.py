"""`goemox doctor`: what is installed, what is missing, and the command that mends it."""

from __future__ import annotations

import typer

from goemox.cli.options import Json, Model


def doctor(model: Model = None, json: Json = False) -> None:
    """Check this installation.

    Versions, processor, model and extras, with the command that mends what is missing; ends with 1 where
    something is broken.
    """
    from goemox.doctor import examine

    findings = examine(model)
    if json:
        import orjson

        document = {
            "ok": all(f.state != "problem" for f in findings),
            "findings": [f.to_dict() for f in findings],
        }
        typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    else:
        signs = {"ok": "ok     ", "missing": "missing", "problem": "PROBLEM"}
        for finding in findings:
            remedy = f"\n           -> {finding.remedy}" if finding.remedy else ""
            typer.echo(f"{signs[finding.state]}  {finding.name}: {finding.detail}{remedy}")
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)
