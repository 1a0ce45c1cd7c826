"""When corrections for label shift help, when they harm, and whether the check of their assumption says so.

    GOEMOX_DATA=... python benchmarks/trust/prevalence.py [MODEL_DIR]

Pure label shift: 500 texts of GoEmotions test drawn so that neutral is .10, .60 or .90, all else as it comes;
only neutral obeys the assumption then, since texts without joy hold more or fewer neutral ones too. Real
shift: labelled texts from elsewhere, in their own labels (a group's probability is its largest member's).
The reference is dev, as in the model folder. Writes results/trust/prevalence.json.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import scored

from goemox.domain_shift.prevalence import (
    SIMULATIONS,
    LabelledReference,
    LabelPrevalence,
    PrevalenceEstimates,
    estimate_prevalence,
)
from goemox.evaluation.intervals import wilson
from goemox.evaluation.mapping import LabelMapping, read_mapping
from goemox.labels import NEUTRAL
from goemox.records import TextRecord

DRAWS, CHECKED, SIZE = 100, 25, 500  # all labels are checked in the first 25 draws, neutral in all
SHARES = (0.10, 0.33, 0.60, 0.90)
METHODS = ("nothing", "CC", "PCC", "ACC", "PACC", "EM")


def main(model: str) -> None:
    opened = scored.classifier(model)
    pure = [pure_shift(model, share) for share in SHARES]
    for row in pure:
        print(row, flush=True)
    real = []
    for name, (_, mapping) in scored.LABELLED.items():
        groups = read_mapping(scored.data_folder() / mapping, opened.labels)
        real.append(real_shift(model, name, groups))
        print(real[-1], flush=True)
    harmed = [row["data"] for row in real if row["mae"]["EM"] > row["mae"]["nothing"]]
    unsaid = [row["data"] for row in real if row["data"] in harmed and not row["rejected"]]
    result = {
        "claim": "corrections win under pure label shift and harm elsewhere, and the check says so",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "model": opened.scorer.sha256[:12],
        "reference": {"data": "GoEmotions dev", "n": len(scored.goemotions("dev", model).records)},
        "seeds": "the number of each draw",
        "pure_label_shift_of_neutral": pure,
        "real_shift": real,
        "goals": {
            "PACC and EM at most .05 off under pure shift": goal(
                max(row["mae"][method] for row in pure for method in ("PACC", "EM")), 0.05
            ),
            "false rejections for neutral under pure shift": goal(
                max(row["rejected_for_neutral"][0] for row in pure), 0.07
            ),
            "sets where EM harms and the check does not reject": {
                "goal": "none", "value": unsaid, "reached": not unsaid,
            },
        },
    }  # fmt: skip
    target = Path(__file__).parents[1] / "results" / "trust" / "prevalence.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def pure_shift(model: str, share: float) -> dict[str, object]:
    """Errors on neutral at one true share, and how often the check rejects, over all draws."""
    opened, test = scored.classifier(model), scored.goemotions("test", model)
    probabilities = opened.rule.probabilities(test.scores)
    decided = opened.rule.decide(probabilities)
    neutral = np.array([NEUTRAL in record.labels for record in test.records])
    column = opened.labels.index(NEUTRAL)
    reference = dev_reference(model)
    errors, rejected = [], np.zeros((DRAWS, 2), dtype=bool)
    for draw in range(DRAWS):
        generator = np.random.default_rng(draw)
        with_it = round(share * SIZE)
        rows = np.concatenate(
            [
                generator.choice(np.flatnonzero(neutral), with_it, replace=False),
                generator.choice(np.flatnonzero(~neutral), SIZE - with_it, replace=False),
            ]
        )
        found = estimate_prevalence(
            opened.labels, probabilities[rows], decided[rows], reference, seed=draw,
            simulations=SIMULATIONS if draw < CHECKED else 1,
        )  # fmt: skip
        alone = estimate_prevalence(
            (NEUTRAL,), probabilities[rows][:, [column]], decided[rows][:, [column]],
            columns_of(reference, [column]), seed=draw,
        )  # fmt: skip
        assert found is not None
        assert alone is not None
        errors.append([abs(value - with_it / SIZE) for value in estimates(found.labels[column])])
        rejected[draw] = alone.rejected, found.rejected
    return {
        "neutral": share,
        "n": SIZE,
        "draws": DRAWS,
        "mae": named(np.mean(errors, axis=0)),
        "rejected_for_neutral": rate(rejected[:, 0]),
        "rejected_for_some_of_28": rate(rejected[:CHECKED, 1]),
    }


def real_shift(model: str, name: str, groups: LabelMapping) -> dict[str, object]:
    """Errors on one outside set, mean over its labels; of rows judged for one label, on that one."""
    opened, found = scored.classifier(model), scored.outside(name, model)
    probabilities = opened.rule.probabilities(found.scores)
    decided = groups.decisions(opened.rule.decide(probabilities))
    probabilities = groups.probabilities(probabilities)
    dev = dev_reference(model)
    reference = LabelledReference(
        groups.probabilities(dev.probabilities), groups.decisions(dev.decided), groups.decisions(dev.truth)
    )
    truth = truth_of(found.records, groups.labels)
    judged = np.array(
        [[r.judged is None or label in r.judged for label in groups.labels] for r in found.records]
    )
    parts: list[PrevalenceEstimates] = []
    if judged.all():
        parts = [checked(estimate_prevalence(groups.labels, probabilities, decided, reference))]
    else:
        for j, label in enumerate(groups.labels):
            rows = judged[:, j]
            parts.append(
                checked(
                    estimate_prevalence(
                        (label,),
                        probabilities[rows][:, [j]],
                        decided[rows][:, [j]],
                        columns_of(reference, [j]),
                    )
                )
            )
    rows_of = [row for part in parts for row in part.labels]
    true = np.array([truth[judged[:, j], j].mean() for j in range(len(groups.labels))])
    errors = np.array([[abs(v - t) for v in estimates(row)] for row, t in zip(rows_of, true, strict=True)])
    inside = [row.expected.low <= t <= row.expected.high for row, t in zip(rows_of, true, strict=True)]
    return {
        "data": name,
        "n": len(found.records),
        "labels": len(groups.labels),
        "mae": named(np.nanmean(errors, axis=0)),
        "rejected": any(part.rejected for part in parts),
        "labels_rejected": [
            row.label for row in rows_of if row.p_adjusted is not None and row.p_adjusted < 0.05
        ],
        "labels_whose_share_lies_in_the_band_of_PCC": int(sum(inside)),
        "per_label": {
            row.label: {"true": round(float(t), 4)} | named(estimates(row))
            for row, t in zip(rows_of, true, strict=True)
        },
    }


def dev_reference(model: str) -> LabelledReference:
    """The labelled texts that ship with the model."""
    opened, dev = scored.classifier(model), scored.goemotions("dev", model)
    probabilities = opened.rule.probabilities(dev.scores)
    return LabelledReference(
        probabilities, opened.rule.decide(probabilities), truth_of(dev.records, opened.labels)
    )


def columns_of(reference: LabelledReference, columns: Sequence[int]) -> LabelledReference:
    return LabelledReference(
        *(getattr(reference, name)[:, columns] for name in ("probabilities", "decided", "truth"))
    )


def truth_of(records: Sequence[TextRecord], labels: Sequence[str]) -> np.ndarray:
    return np.array([[label in record.labels for label in labels] for record in records])


def checked(found: PrevalenceEstimates | None) -> PrevalenceEstimates:
    assert found is not None
    return found


def estimates(row: LabelPrevalence) -> list[float]:
    """By each of `METHODS`; NaN where it gives none."""
    corrected = (row.adjusted_counted, row.adjusted_expected, row.em)
    return [row.reference, row.counted, row.expected.value] + [
        float("nan") if value is None else value for value in corrected
    ]


def named(values: Sequence[float]) -> dict[str, float | None]:
    return {
        method: None if np.isnan(value) else round(float(value), 4)
        for method, value in zip(METHODS, values, strict=True)
    }


def rate(hits: np.ndarray) -> list[float]:
    low, high = wilson(np.array(hits.sum()), len(hits))
    return [round(float(value), 4) for value in (hits.mean(), low, high)]


def goal(value: float, at_most: float) -> dict[str, object]:
    return {"goal": f"<= {at_most}", "value": round(value, 4), "reached": bool(value <= at_most)}


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "default")
