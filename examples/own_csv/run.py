"""The whole way on one CSV, command by command: what is in it, what the model says, and how far that holds.

`python examples/own_csv/run.py` takes the comments beside this file; with your own:

    python examples/own_csv/run.py mine.csv --labels labels.jsonl --mapping mine.mapping.json

Without labels it ends with the rows to label. No network is used. Results go to `out/own_csv`, or `--out`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Profile, score, study, sample; with labels also adapt, and compare on rows held out."""
    chosen = _arguments()
    out = chosen.out
    out.mkdir(parents=True, exist_ok=True)
    goemox("profile", chosen.file, "--mark", out / "marked.csv")
    goemox("predict", "--input", chosen.file, "-o", out / "labelled.csv")
    domain = f"{chosen.file.stem}={chosen.file}"
    by = ["--group-by", chosen.group_by] if chosen.group_by else []
    goemox("study", "--domain", domain, *by, "--offline", "--output-dir", out / "study")
    goemox("sample", chosen.file, "-n", "100", "-o", out / "to-label.jsonl")
    if chosen.labels is None:
        print(f"\nNow label {out / 'to-label.jsonl'}, and run this again with --labels:")
        print(f"$ goemox label {out / 'to-label.jsonl'} -o labels.jsonl")
        return
    groups = ["--mapping", chosen.mapping] if chosen.mapping else []
    model = out / "adapted"  # replaces the one of an earlier run; a folder with other files is refused
    name = ["--name", "own"]
    goemox("adapt", "--data", chosen.labels, *groups, "--texts", chosen.file, *name, "-o", model)
    answering = ["--model", model, *(["--grouping", "own"] if groups else [])]
    goemox("predict", "--input", chosen.file, *answering, "-o", out / "adapted.csv")
    if chosen.held_out is not None:
        _compare(chosen.held_out, groups, answering)


def goemox(*arguments: str | Path, shown: bool = True) -> str:
    """Run a command as a shell would, and show it; gives what it printed. Stops where the command fails."""
    words = [str(argument) for argument in arguments]
    print("\n$ goemox", *(f'"{word}"' if " " in word else word for word in words), flush=True)
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "goemox", *words], check=False, stdout=subprocess.PIPE, encoding="utf-8"
    )
    if shown:
        print(done.stdout, end="", flush=True)
    if done.returncode not in (0, 4):  # 4: some rows cannot be used; all others are done
        sys.exit(done.returncode)
    return done.stdout


def _compare(held_out: Path, groups: list[str | Path], answering: list[str | Path]) -> None:
    """Before and after on labelled rows that adapting did not see, each figure with its interval."""
    before = json.loads(goemox("evaluate", "--data", held_out, *groups, "--json", shown=False))
    after = json.loads(goemox("evaluate", "--data", held_out, *answering, "--json", shown=False))
    print(f"\n{before['n']} rows whose labels adapting did not see")
    print(f"{'':18}{'before':>24}{'after':>26}")
    for key, name in (("macro_f1", "macro-F1"), ("micro_f1", "micro-F1"), ("brier", "Brier score (low)")):
        first, second = (_figure(each["metrics"][key]) for each in (before, after))
        print(f"{name:18}{first:>24}{second:>26}")


def _figure(metric: dict[str, float | None]) -> str:
    """A figure with its interval; macro-F1 has none where a label has fewer than five rows."""
    ends = "no interval" if metric["low"] is None else f"{metric['low']:.3f} to {metric['high']:.3f}"
    return f"{metric['value']:.3f} ({ends})"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument(
        "file", nargs="?", type=Path, help="your texts (default: the comments beside this file)"
    )
    parser.add_argument("--labels", type=Path, help="rows of `sample` that somebody labelled")
    parser.add_argument("--held-out", type=Path, help="more labelled rows, to compare on")
    parser.add_argument("--mapping", type=Path, help="where they carry labels of your own")
    parser.add_argument("--group-by", help="column to break the report down by")
    parser.add_argument("--out", type=Path, default=Path("out/own_csv"), help="where results go")
    chosen = parser.parse_args()
    if chosen.file is None:
        chosen.file, chosen.labels = HERE / "comments.csv", chosen.labels or HERE / "labels.jsonl"
        chosen.held_out = chosen.held_out or HERE / "held_out.jsonl"
        chosen.mapping = chosen.mapping or HERE / "feelings.mapping.json"
        chosen.group_by = chosen.group_by or "service"
    return chosen


if __name__ == "__main__":
    main()
