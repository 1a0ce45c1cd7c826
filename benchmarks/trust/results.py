"""How the scripts beside this one write what they measured: one JSON each, with day and machine."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent.parent / "results" / "trust"


def write(name: str, claim: str, result: Mapping[str, object]) -> None:
    """Write results/trust/NAME.json."""
    content = {
        "claim": claim,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        **result,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def goal(value: float, wanted: str, reached: bool) -> dict[str, object]:
    """One row of the goals: what was measured, what was wanted, and whether it is so."""
    return {"value": short(value), "goal": wanted, "reached": bool(reached)}


def short(value: float) -> float | None:
    """Five decimals; None for what is undefined."""
    return None if np.isnan(value) else round(float(value), 5)


def mean_sd(values: object) -> list[float | None]:
    """[mean, standard deviation] over repeats."""
    found = np.asarray(values, dtype=float)
    return [short(found.mean()), short(found.std(ddof=1))]
