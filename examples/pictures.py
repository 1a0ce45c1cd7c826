"""What the examples share: which file they read, where their pictures go, and how these look.

In a notebook nothing is read from the command line: the examples' own files are taken, and `out/` is written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["BLUE", "COMMENTS", "GREY", "OWN", "RED", "arguments", "bars_between", "save", "title"]

OWN = Path(__file__).resolve().parent / "own_csv"
COMMENTS = OWN / "comments.csv"
BLUE, RED, GREY, INK = "#00508a", "#b84a00", "#8a9199", "#1a1d21"  # told apart with any eyes, and in print

mpl.rcParams.update(
    {
        "figure.dpi": 110, "savefig.dpi": 150, "figure.constrained_layout.use": True,
        "font.size": 10, "axes.titlesize": 10.5, "axes.titlelocation": "left", "axes.titleweight": "bold",
        "axes.edgecolor": GREY, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK,
        "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": False,
        "legend.frameon": False,
    }
)  # fmt: skip


def arguments(what: str, **options: str | Path | None) -> argparse.Namespace:
    """The file to read (`file`), the folder for results (`out`, made here) and the `options`, by name.

    what: one line for `--help`. options: their defaults; a `Path` makes a path.
    """
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("file", nargs="?", type=Path, default=COMMENTS, help="your texts (default: ours)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where results go (default: out)")
    for name, default in options.items():
        kind = Path if isinstance(default, Path) else str
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=default, help=f"({default})")
    is_notebook = "ipykernel" in sys.modules
    chosen = parser.parse_args([] if is_notebook else None)
    chosen.out.mkdir(parents=True, exist_ok=True)
    return chosen


def bars_between(
    axes: Axes, low: Sequence[float], value: Sequence[float], high: Sequence[float], at: Sequence[float],
    colour: str, label: str | None = None,
) -> None:  # fmt: skip
    """Points with their intervals, lying: value i, from low to high, at height at[i]."""
    values = np.asarray(value, dtype=float)
    # An interval that leaves its own value out by rounding must not become a negative length.
    reach = np.maximum(0, [values - np.asarray(low, dtype=float), np.asarray(high, dtype=float) - values])
    axes.errorbar(
        values, at, xerr=reach, fmt="o", markersize=5, linewidth=1.4, color=colour, label=label, capsize=0
    )


def title(figure: Figure, words: str, below: str = "") -> None:
    """What the picture says, in a line; `below` says of what, and how sure."""
    figure.suptitle(words, x=0.01, ha="left", fontsize=12, fontweight="bold")
    if below:
        figure.supxlabel(below, x=0.01, ha="left", fontsize=8.5, color="#565e67")


def save(figure: Figure, path: Path) -> None:
    """Write the picture, show it in a notebook, and let it go."""
    figure.savefig(path)
    if "ipykernel" in sys.modules:
        plt.show()
    plt.close(figure)
    print(f"picture: {path}")
