"""Was it collapse, or is it the text? The answers of `goemox shift` on story and issue titles.

    GOEMOX_DATA=... python benchmarks/trust/titles.py [NAIVE_MODEL_DIR ...]

Naive models are folders that `goemox reproduce` wrote; each is asked about the same titles. Writes
results/trust/titles.json: for each set and naive model where the neutral comes from, and what is said of it.
"""

from __future__ import annotations

import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import scored

from goemox.studies import shift_study

SETS = ("story titles 2015-16", "story titles 2007-15", "story titles 2026", "issue titles")
LARGEST, SEED = 5_000, 0  # titles of a set: naive models run their fp32 graphs


def main(naive: list[Path]) -> None:
    targets = {}
    for name in SETS:
        records = scored.outside(name).records
        rows = np.sort(np.random.default_rng(SEED).permutation(len(records))[:LARGEST])
        targets[name] = [records[row] for row in rows]
    rows, said = [], {}
    for folder in (None, *naive):
        content = shift_study("model", targets, naive=folder, seed=SEED).to_dict()
        for entry in content["targets"]:
            account, model = entry["neutral"], entry["naive"]["model"]
            rows.append(
                {
                    "data": entry["name"],
                    "naive": "none, only its rule" if folder is None else folder.name,
                    "n": entry["n"],
                    "naive_share": account["ways"][0]["share"],
                    "naive_at_home": account["ways"][0]["home"],
                    "expected": account["expected"],
                    "remaining": account["remaining"],
                    "collapse": account["collapse"],
                    "home": account["home"],
                    "verdict": account["verdict"],
                    "rest": account["rest"],
                    "ways": account["ways"] if folder is None else [],
                    "adds": (model or entry["naive"])["adds"],
                    "disagreement": (model or entry["naive"])["disagreement"],
                    "disagreement_interval": (model or entry["naive"])["disagreement_interval"],
                }
            )
            said[f"{entry['name']}, {rows[-1]['naive']}"] = entry["answers"]
    result = {
        "claim": "a model that does not collapse at home still calls most titles neutral",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "seed": SEED,
        "rows": rows,
        "answers": said,
    }
    target = Path(__file__).parents[1] / "results" / "trust" / "titles.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in rows:
        print(
            row["data"], row["naive"], *(f"{row[part]:.3f}" for part in ("naive_share", "expected", "home"))
        )


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
