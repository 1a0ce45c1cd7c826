"""How often the tests of `goemox shift` alarm where nothing moved, and how often they see what did.

    GOEMOX_DATA=... python benchmarks/trust/shift_tests.py [MODEL_DIR]

Draws from GoEmotions dev and test together, repeats dropped, always without replacement and disjoint; only
the trap breaks that on purpose. "any" is what `goemox shift` reports of whole texts: the smallest p-value of
scores, embeddings and words, Bonferroni over the three. "labels" are the 28 label tests after Holm, a
family of their own; "labels or any" is a reader who takes either for an alarm, "joint" one p for both.
"words" is whether any telling word is named, masks among them. Writes results/trust/shift_tests.json.
"""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import scored

from goemox.data.splits import normalised
from goemox.domain.words import HashedWords, hash_words
from goemox.domain_shift.classifier_test import classifier_test
from goemox.domain_shift.mmd import mmd_test
from goemox.domain_shift.telling_words import telling_words
from goemox.domain_shift.two_sample import label_tests
from goemox.domain_shift.whole_texts import joint_p, log_odds
from goemox.evaluation.intervals import wilson
from goemox.labels import NEUTRAL

LEVEL = 0.05
FALSE_ALARM_DRAWS, POWER_DRAWS = 300, 200
LABEL_DRAWS = 2_000  # of the label tests alone: 300 leave +/- .03
LARGE_DRAWS = 200  # against the large reference, which takes longer
SIZES = (100, 200, 500)
LARGE_REFERENCE = 5_000  # about what a model folder brings
MOVED_TO = 0.60
TESTS = ("labels", "scores", "embeddings", "classifier", "any", "words", "joint", "labels or any")


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """n different texts: calibrated probabilities, main directions, words, and whether they are neutral."""

    texts: list[str]
    probabilities: np.ndarray
    coordinates: np.ndarray
    words: HashedWords
    neutral: np.ndarray

    def p_values(self, reference: np.ndarray, target: np.ndarray, seed: int) -> list[float]:
        """Of each of `TESTS`; of words 0 where any is named, else 1."""
        before, after = self.probabilities[reference], self.probabilities[target]
        found = label_tests(before, after)
        scores = mmd_test(log_odds(before), log_odds(after), seed=seed)
        embeddings = mmd_test(self.coordinates[reference], self.coordinates[target], seed=seed)
        words = classifier_test(self.words.rows(reference), self.words.rows(target), seed=seed)
        telling = telling_words(self.words.rows(reference), [self.texts[i] for i in target])
        assert found is not None
        assert scores is not None
        assert embeddings is not None
        assert words is not None
        assert telling is not None
        named = telling.more or telling.less or telling.masks
        labels, whole = float(found.p_adjusted.min()), [scores.p_value, embeddings.p_value, words.p_value]
        p_any = 3 * min(whole)
        joint = joint_p(labels, p_any)
        assert joint is not None
        return [labels, *whole, p_any, 0.0 if named else 1.0, joint, min(labels, p_any)]

    def halves(self, size: int, reference: int, draw: int) -> tuple[np.ndarray, np.ndarray]:
        """Disjoint rows of a reference and a target from which nothing tells them apart."""
        order = np.random.default_rng(draw).permutation(len(self.neutral))
        return order[:reference], order[reference : reference + size]

    def moved(self, size: int, reference: int, draw: int) -> tuple[np.ndarray, np.ndarray]:
        """The same, but neutral is true of `MOVED_TO` of the target."""
        order = np.random.default_rng(draw).permutation(len(self.neutral))
        rows, rest = order[:reference], order[reference:]
        of_neutral = round(MOVED_TO * size)
        neutral, other = rest[self.neutral[rest]], rest[~self.neutral[rest]]
        return rows, np.concatenate([neutral[:of_neutral], other[: size - of_neutral]])

    def with_replacement(self, size: int, reference: int, draw: int) -> tuple[np.ndarray, np.ndarray]:
        """Halves whose target is drawn anew from itself, as a bootstrap would."""
        rows, target = self.halves(size, reference, draw)
        return rows, np.random.default_rng(draw + 10_000).choice(target, size, replace=True)


def main(model: str) -> None:
    pool = read_pool(model)
    n = len(pool.neutral)
    result: dict[str, object] = {
        "claim": "the tests alarm in at most 7 % of draws where nothing moved, and see neutral .33 -> .60",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "model": scored.classifier(model).scorer.sha256[:12],
        "n_texts": n,
        "seeds": "the number of each draw",
        "level": LEVEL,
    }
    small = share(pool, pool.halves, FALSE_ALARM_DRAWS, 500, 500)
    power = {size: share(pool, pool.moved, POWER_DRAWS, size, size) for size in reversed(SIZES)}
    result |= {
        "goals": {
            "false alarms of 500 against 500, every test": at_most(small, 0.07),
            "power at 500 against 500, labels": at_least(power[500]["labels"], 0.9),
            "power at 500 against 500, scores": at_least(power[500]["scores"], 0.9),
            "power at 500 against 500, any": at_least(power[500]["any"], 0.9),
        },
        "false_alarms": [small],
        "power_neutral_.33_to_.60": list(power.values()),
    }
    write(result)
    result["false_alarms_of_the_label_tests"] = label_alarms(pool, LABEL_DRAWS, 500)
    result["trap_target_drawn_with_replacement_from_500"] = share(
        pool, pool.with_replacement, POWER_DRAWS, 500, 500
    )
    write(result)
    result["false_alarms"] = [
        small,
        share(pool, pool.halves, FALSE_ALARM_DRAWS, 100, 100),
        share(pool, pool.halves, LARGE_DRAWS, 500, LARGE_REFERENCE),
    ]
    write(result)
    large = [share(pool, pool.moved, LARGE_DRAWS, size, LARGE_REFERENCE) for size in SIZES]
    result["power_neutral_.33_to_.60"] = [*power.values(), *large]
    write(result)


def write(result: dict[str, object]) -> None:
    """After every part, so that a measurement cut short leaves the parts it made."""
    target = Path(__file__).parents[1] / "results" / "trust" / "shift_tests.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def read_pool(model: str) -> Pool:
    """GoEmotions dev and test as the model sees them, the first of texts that are the same."""
    opened, profile = scored.classifier(model), scored.profile(model)
    sides = [scored.goemotions(split, model) for split in ("dev", "test")]
    records = [record for side in sides for record in side.records]
    first = {normalised(record.text): i for i, record in reversed(list(enumerate(records)))}
    rows = np.array(sorted(first.values()))
    embeddings = np.concatenate([side.scores.embeddings for side in sides])
    return Pool(
        texts=[records[i].text for i in rows],
        probabilities=np.concatenate([opened.rule.probabilities(side.scores) for side in sides])[rows],
        coordinates=profile.placed(embeddings).coordinates[rows],
        words=hash_words([records[i].text for i in rows]),
        neutral=np.array([NEUTRAL in records[i].labels for i in rows]),
    )


def share(pool: Pool, drawn, draws: int, size: int, reference: int) -> dict[str, object]:
    """Share of draws in which each test alarms, with Wilson's interval."""
    found = np.array([pool.p_values(*drawn(size, reference, draw), seed=draw) for draw in range(draws)])
    alarms = (found < LEVEL).sum(axis=0)
    low, high = wilson(alarms, draws)
    row: dict[str, object] = {"n": size, "n_reference": reference, "draws": draws}
    for j, test in enumerate(TESTS):
        row[test] = [round(float(value), 4) for value in (alarms[j] / draws, low[j], high[j])]
    print(row, flush=True)
    return row


def label_alarms(pool: Pool, draws: int, size: int) -> dict[str, object]:
    """As `share`, of the label tests alone."""
    smallest = []
    for draw in range(draws):
        reference, target = pool.halves(size, size, draw)
        found = label_tests(pool.probabilities[reference], pool.probabilities[target])
        assert found is not None
        smallest.append(found.p_adjusted.min())
    alarms = (np.array(smallest) < LEVEL).sum()
    low, high = wilson(alarms, draws)
    row = {"n": size, "n_reference": size, "draws": draws}
    row["labels"] = [round(float(value), 4) for value in (alarms / draws, low, high)]
    print(row, flush=True)
    return row


def at_most(row: dict[str, object], goal: float) -> dict[str, object]:
    worst = max(row[test][0] for test in TESTS[:-1])  # the last is two families, each at its level
    return {"goal": f"<= {goal}", "value": worst, "reached": bool(worst <= goal)}


def at_least(value: list[float], goal: float) -> dict[str, object]:
    return {"goal": f">= {goal}", "value": value, "reached": bool(value[0] >= goal)}


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "default")
