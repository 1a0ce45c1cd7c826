"""How long a comparison of 20,000 texts with the model's profile takes beyond scoring them.

    GOEMOX_DATA=... python benchmarks/trust/shift_time.py

`goemox shift` on 20,000 issue titles, whole calls, minus the seconds that its call of the scorer took; the
whole call reads the file, drops repeats, profiles the texts and makes every test. Writes
results/trust/shift_time.json.
"""

from __future__ import annotations

import json
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

import scored

from goemox.classifier import EmotionClassifier
from goemox.studies import shift_study

REPEATS, GOAL_S = 3, 30.0


def main() -> None:
    file = scored.data_folder() / scored.FAR["issue titles"]
    spent = 0.0
    score = EmotionClassifier.scores

    def timed(self, *arguments, **options):
        nonlocal spent
        started = time.perf_counter()
        try:
            return score(self, *arguments, **options)
        finally:
            spent += time.perf_counter() - started

    EmotionClassifier.scores = timed  # type: ignore[method-assign]
    beyond, scoring, n = [], [], 0
    for correct in (False,) * REPEATS + (True,) * REPEATS:
        spent, started = 0.0, time.perf_counter()
        study = shift_study("model", {"issue titles": file}, correct_prevalence=correct)
        beyond.append(time.perf_counter() - started - spent)
        scoring.append(spent)
        n = study.reports[0].n
        print(f"correct prevalence {correct}: {beyond[-1]:.1f} s beyond {spent:.1f} s of scoring")
    plain, corrected = sorted(beyond[:REPEATS]), sorted(beyond[REPEATS:])
    result = {
        "claim": "a comparison of 20,000 texts with the profile takes at most 30 s beyond scoring",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "n": n,
        "repeats": REPEATS,
        "goal_s": GOAL_S,
        "reached": plain[-1] <= GOAL_S,
        "seconds": [round(seconds, 2) for seconds in plain],
        "seconds_with_corrected_prevalence": [round(seconds, 2) for seconds in corrected],
        "scoring_seconds": sorted(round(seconds, 2) for seconds in scoring),
    }
    target = Path(__file__).parents[1] / "results" / "trust" / "shift_time.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
