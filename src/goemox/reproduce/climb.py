"""One rung after the other: which run it needs, how it decides, and its figures, kept as they are found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson

from goemox.atomic import write_bytes
from goemox.classifier import EmotionClassifier
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord, rows_sha256, truth_matrix
from goemox.reproduce.decisions import FITS, Decided, by_rule, cross_fitted, cut_half, softmax_top
from goemox.reproduce.figures import most_frequent, neutral_shares, quality, study_figures
from goemox.reproduce.naive_models import KEPT
from goemox.reproduce.plan import RUNGS, STUDY_RATE, Plan, Rung
from goemox.reproduce.progress import FORWARD
from goemox.reproduce.runs import FolderRun, Run, Scored, Store, TrainingRun
from goemox.reproduce.texts import STUDY_SPLIT, LadderTexts

__all__ = ["BROUGHT", "LOGITS", "Climb", "rows_ahead"]

BROUGHT = ("all-labels", "all-rows", "optimisation", "release")
"""Rungs whose models may be brought along instead of trained; the naive ones need their validation part."""

LOGITS = "runs"  # folder of the climb's logits
RUNG_SCHEMA = "goemox.rung/1"
PLAIN = {"softmax": softmax_top, "half": cut_half}


def rows_ahead(
    plan: Plan, texts: LadderTexts, brought: Mapping[str, Sequence[object]], output: Path
) -> float:
    """The work of trainings whose logits or models are not yet in `output`, in rows trained on once."""
    from goemox.training.loop import Recipe

    n_train, epochs = len(texts.train), plan.better_epochs or Recipe().epochs
    scoring = FORWARD * sum(map(len, texts.scored().values()))
    naive = int(min(plan.naive_rows, n_train) * STUDY_SPLIT) * plan.naive_epochs
    rows = min(plan.all_rows or n_train, n_train)
    cost = {_naive_name(rate): naive for rate in plan.rates} | {"all-labels": naive}
    cost |= {"all-rows": rows * plan.all_rows_epochs, "optimisation": rows * epochs}
    ahead = naive * sum(not (output / name).is_dir() for name in KEPT)
    return float(
        ahead
        + sum(
            rows + scoring
            for name, rows in cost.items()
            for seed in range(plan.seeds)
            if name not in brought and not (output / LOGITS / f"{name}-{seed}.safetensors").is_file()
        )
    )


def _naive_name(rate: float) -> str:
    return f"naive-{rate:g}"


@dataclass(frozen=True, slots=True, eq=False)
class Climb:
    """The state of a climb. folder: where `RUNG-SEED.json` is kept; rates: chosen so far, by seed."""

    texts: LadderTexts
    plan: Plan
    folder: Path
    store: Store
    brought: Mapping[str, Sequence[EmotionClassifier]]
    rates: dict[int, float] = field(default_factory=dict)

    def seeds(self, rung: Rung) -> int:
        """How many models the rung has."""
        return len(self.brought[rung.run]) if rung.run in self.brought else self.plan.seeds

    def figures(self, rung: Rung, seed: int) -> dict[str, object]:
        """The rung's figures for one seed, from the disk where they were found before."""
        runs = self._candidates(rung, seed)
        key = self._key(rung, runs)
        path = self.folder / f"{rung.name}-{seed}.json"
        found = _recall(path, key)
        if found is None:
            scored = [self.store.get(run) for run in runs]
            chosen = max(range(len(runs)), key=lambda i: self._validation_accuracy(runs[i], scored[i]))
            found = {"seed": seed, **self._measure(rung, runs[chosen], scored[chosen])}
            content = {"schema": RUNG_SCHEMA, "key": key, "figures": found}
            write_bytes(path, orjson.dumps(content, option=orjson.OPT_INDENT_2))
        if rung.name == "naive-best-rate":
            self.rates[seed] = float(found["learning_rate"])  # type: ignore[arg-type]
        return found

    def _candidates(self, rung: Rung, seed: int) -> list[Run]:
        """The one run that the rung decides on, or those that it chooses from by validation accuracy."""
        title = f"rung {RUNGS.index(rung) + 1} of {len(RUNGS)}, {rung.title}, seed {seed}"
        if rung.run in self.brought:
            return [FolderRun(rung.run, seed, title, self.brought[rung.run][seed])]
        if rung.name == "naive":
            return [self._naive(seed, STUDY_RATE, title)]
        if rung.name == "naive-best-rate":
            return [self._naive(seed, rate, f"{title}, rate {rate:g}") for rate in self.plan.rates]
        return [self._sigmoid(rung, seed, title)]

    def naive_run(self, rung: Rung, seed: int = 0) -> TrainingRun:
        """The run that the figures of a naive rung are of: its only one, or that of the chosen rate."""
        rate = STUDY_RATE if rung.name == "naive" else self.rates[seed]
        return self._naive(seed, rate, f"{rung.title}, as a model folder")

    def _naive(self, seed: int, rate: float, title: str) -> TrainingRun:
        from goemox.training.naive import naive_recipe

        train, held = self._study_rows(seed)
        recipe = naive_recipe(rate, epochs=self.plan.naive_epochs, seed=seed)
        return TrainingRun(_naive_name(rate), seed, title, self.plan.base, recipe, train, held, single=True)

    def _sigmoid(self, rung: Rung, seed: int, title: str) -> TrainingRun:
        from goemox.training.loop import Recipe
        from goemox.training.naive import naive_recipe

        plan, rows = self.plan, self.texts.train[: self.plan.all_rows]
        if rung.run == "all-labels":
            recipe = naive_recipe(self.rates[seed], epochs=plan.naive_epochs, seed=seed)
            return TrainingRun(rung.run, seed, title, plan.base, recipe, self._study_rows(seed)[0])
        if rung.run == "all-rows":
            recipe = naive_recipe(STUDY_RATE, epochs=plan.all_rows_epochs, seed=seed)
            return TrainingRun(rung.run, seed, title, plan.base, recipe, rows)
        recipe = Recipe(epochs=plan.better_epochs or Recipe().epochs, seed=seed)
        return TrainingRun(rung.run, seed, title, plan.better_base, recipe, rows, naive=False)

    def _study_rows(self, seed: int) -> tuple[list[TextRecord], list[TextRecord]]:
        """The seed's sample of the training split, in the part trained on and the validation part."""
        order = np.random.default_rng(seed).permutation(len(self.texts.train))[: self.plan.naive_rows]
        rows = [self.texts.train[index] for index in order]
        cut = int(len(rows) * STUDY_SPLIT)
        return rows[:cut], rows[cut:]

    def _key(self, rung: Rung, runs: Sequence[Run]) -> str:
        content = {
            "rung": rung.name,
            "decision": rung.decision,
            "split": self.texts.split,
            "dev": rows_sha256(self.texts.dev),
            "evaluated": rows_sha256(self.texts.evaluated),
            "runs": [self.store.key(run) for run in runs],
        }
        return hashlib.sha256(orjson.dumps(content)).hexdigest()

    def _validation_accuracy(self, run: Run, scored: Scored) -> float:
        from goemox.training.naive import first_labels

        if not isinstance(run, TrainingRun) or not run.held:
            return 0.0
        called = scored.logits["study-validation"].argmax(axis=1)
        return float((called == first_labels(run.held, GOEMOTIONS)).mean())

    def _measure(self, rung: Rung, run: Run, scored: Scored) -> dict[str, object]:
        decided, outside = self._decide(rung, scored)
        truth = truth_matrix(self.texts.evaluated, GOEMOTIONS)
        found: dict[str, object] = dict(scored.facts)
        found |= quality(decided, truth) | neutral_shares(decided)
        found["outside"] = {key: neutral_shares(there) for key, there in outside.items()}
        if isinstance(run, TrainingRun) and run.held:
            from goemox.training.naive import first_labels

            found["study"] = study_figures(
                scored.logits["study-train"],
                first_labels(run.train, GOEMOTIONS),
                scored.logits["study-validation"],
                first_labels(run.held, GOEMOTIONS),
                most_frequent(first_labels(self.texts.train, GOEMOTIONS)),
            )
        return found

    def _decide(self, rung: Rung, scored: Scored) -> tuple[Decided, dict[str, Decided]]:
        """Decisions on the evaluated rows and on each outside source.

        On dev itself a fitted rule is cross-fitted; everywhere else the rule of all dev rows decides.
        """
        logits, split = scored.logits, self.texts.split
        keys = [source.key for source in self.texts.outside]
        if rung.decision in PLAIN:
            decide = PLAIN[rung.decision]
            return decide(logits[split]), {key: decide(logits[key]) for key in keys}
        fit, truth = FITS[rung.decision], truth_matrix(self.texts.dev, GOEMOTIONS)
        rule = fit(logits["dev"], truth)
        outside = {key: by_rule(rule, logits[key]) for key in keys}
        if split != "dev":
            return by_rule(rule, logits[split]), outside
        return cross_fitted(fit, logits["dev"], truth, [row.text for row in self.texts.dev]), outside


def _recall(path: Path, key: str) -> dict[str, object] | None:
    """Figures that were kept under this key; None where there are none, or others."""
    if not path.is_file():
        return None
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return None
    if not isinstance(content, dict) or content.get("key") != key or content.get("schema") != RUNG_SCHEMA:
        return None
    figures: dict[str, object] = content["figures"]
    return figures
