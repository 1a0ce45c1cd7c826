"""What do a hundred labelled rows of another domain buy? Writes results/trust/adapt.json.

    GOEMOX_DATA=... python benchmarks/trust/adapt.py [MODEL_DIR]

Three outside sets with labels of their own. In each of 20 repeats 25, 50, 100 or 400 rows are drawn at
random, the rule is fitted on them, 1,000 further texts are unlabelled, and all is measured on the rest (at
most 3,000).

- zero_shot: macro-F1 on all rows in ways that need no label of theirs.
- curve: NLL, calibration errors and macro-F1, zero-shot ("any member given") and adapted; mapping_only is
  adapted without weights of all labels; scratch is a logistic regression of those rows alone, on the model's
  28 logits or on its embedding (an early layer's), with the same way to choose cuts.
- gain: adapted minus zero-shot macro-F1; 50 resamples of the rest in each repeat, so that its interval holds
  the luck of the draw and of the texts.
- sets: 200 repeats, 20 with 400 rows; what conformal sets at alpha .1 miss, over texts that carry a label,
  and how large they are. seen_rows is the trap: the cutoff fitted on scores of the very rows that the maps
  were fitted on.
- prevalence: 200 repeats; how often 95 % intervals hold the truth, and how wide prediction-powered ones are
  beside those of the labels alone.
- strengths: how hard to pull, on the self-reports at 100 rows; the others had no say.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import numpy as np
import scored
from results import goal, mean_sd, short, write
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from goemox.adaptation.prediction_powered import prevalence
from goemox.adaptation.problem import LEAST_SPREAD, Problem, group_problem
from goemox.adaptation.rows import LabelledRows
from goemox.decision import few_rows, label_weights
from goemox.decision.calibration import calibrate
from goemox.decision.conformal import false_negative_rates, fit_cutoff
from goemox.decision.few_rows import FewRows, expected_f1_cuts, left_out, refit, refit_cuts
from goemox.decision.groups import any_of, columns_of
from goemox.decision.label_weights import log_odds
from goemox.decision.rule import DecisionRule
from goemox.evaluation.intervals import bootstrap_weights
from goemox.evaluation.mapping import only_named, read_groups
from goemox.evaluation.metrics import decision_metrics, measure
from goemox.evaluation.reliability import debiased_ece
from goemox.evaluation.sample import LabelledSample
from goemox.labels import GOEMOTIONS
from goemox.records import judged_matrix, truth_matrix
from goemox.scores import sigmoid

SIZES = (25, 50, 100, 400)
REPEATS, MANY, RESAMPLES = 20, 200, 50
SET_REPEATS = {100: 200, 400: 20}
STRENGTH_REPEATS = 20
N_TEXTS, N_REST = 1_000, 3_000
ALPHA = 0.1
CHOSEN_ON = "self-reports"
BAR = 0.460  # Flan-Alpaca on GitHub comments, six emotions; GPT-4 had .435
LIKE = "developers' comments"  # what that bar can be compared with
# A second mapping: developers say affection as thanks and praise, which GoEmotions has labels of its own for.
SECOND = {LIKE: {"love": ("gratitude", "admiration")}}


@dataclass(frozen=True, slots=True, eq=False)
class Outside:
    """n texts with g outside labels, and what the model says of them.

    columns: bool (g, 28). probabilities, decided, model_logits: (n, 28). logits: (n, g), of any label of a
    group. features: (n, 28), standardised log-odds.
    """

    name: str
    rows: LabelledRows
    columns: np.ndarray
    probabilities: np.ndarray
    decided: np.ndarray
    logits: np.ndarray
    model_logits: np.ndarray
    embeddings: np.ndarray
    features: np.ndarray

    @classmethod
    def read(cls, name: str, model: str) -> Outside:
        """One of `scored.LABELLED`."""
        found, classifier = scored.outside(name, model), scored.classifier(model)
        groups = read_groups(scored.data_folder() / scored.LABELLED[name][1])
        records = only_named(found.records, tuple(groups), "the mapping", lambda message: None)
        judged = judged_matrix(records, tuple(groups))
        truth = truth_matrix(records, tuple(groups)) & judged
        probabilities = classifier.rule.probabilities(found.scores)
        columns = columns_of(groups, classifier.labels)
        odds = log_odds(probabilities)
        return cls(
            name,
            LabelledRows(tuple(records), tuple(groups), truth, judged, ""),
            columns,
            probabilities,
            classifier.rule.decide(probabilities),
            any_of(probabilities, columns),
            found.scores.logits.astype(np.float64),
            np.asarray(found.scores.embeddings, dtype=np.float64),
            (odds - odds.mean(axis=0)) / np.maximum(odds.std(axis=0), LEAST_SPREAD),
        )

    def split(self, n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Labelled rows, unlabelled texts, the rest: indices."""
        order = np.random.default_rng(seed).permutation(len(self.rows))
        return order[:n], order[n : n + N_TEXTS], order[n + N_TEXTS :][:N_REST]

    def problem(self, few: np.ndarray, pool: np.ndarray) -> Problem:
        """What `goemox adapt` fits on these rows and texts."""
        keep = np.zeros(len(self.rows), dtype=bool)
        keep[few] = True
        return group_problem(
            self.columns, self.rows.only(keep), self.probabilities[keep], self.decided[keep],
            self.probabilities[pool], alpha=ALPHA, population="",
        )  # fmt: skip

    def sample(self, probabilities: np.ndarray, decided: np.ndarray, at: np.ndarray) -> LabelledSample:
        """Answers for the rows `at`, with their truth."""
        return LabelledSample(
            self.rows.labels, probabilities, decided, self.rows.truth[at], self.rows.judged[at]
        )

    def few(self, at: np.ndarray) -> FewRows:
        """The rows `at` to fit on."""
        return FewRows(self.logits[at], self.rows.truth[at], self.rows.judged[at], self.features[at])


def main(model: str) -> None:
    sets = {name: Outside.read(name, model) for name in scored.LABELLED}
    found = {}
    for name, outside in sets.items():
        found[name] = {
            "n": len(outside.rows),
            "labels": len(outside.rows.labels),
            "carrying": short(outside.rows.truth.any(axis=1).mean()),
            "zero_shot": zero_shot(outside),
            "curve": {str(n): curve(outside, n) for n in SIZES},
            "sets": {str(n): conformal(outside, n) for n in SET_REPEATS},
            "prevalence": shares(outside),
        }
        print(name, found[name], flush=True)
    write(
        "adapt",
        "a hundred labelled rows make calibration, cuts and promises of another domain believable",
        {
            "seeds": {
                "curve": REPEATS,
                "sets": SET_REPEATS,
                "prevalence": MANY,
                "strengths": STRENGTH_REPEATS,
            },
            "goals": goals(found),
            "sets": found,
            "strengths": strengths(sets[CHOSEN_ON]),
        },
    )


def zero_shot(outside: Outside) -> dict[str, list[float | None]]:
    """Macro-F1 on all rows without any label of them, [value, low, high]: a range, for a mapping is arguable.

    any: a text has a group where it is given any label of it. top: as well, and the most probable group where
    that gives none. unlabelled_cuts: cuts with the best F1 that the probabilities expect on these texts.
    second_mapping: any, with the labels of `SECOND` added.
    """
    now = sigmoid(outside.logits)
    given = outside.decided.astype(int) @ outside.columns.T.astype(int) > 0
    top = given.copy()
    empty = np.flatnonzero(~given.any(axis=1))
    top[empty, now[empty].argmax(axis=1)] = True
    ways = {"any": given, "top": top, "unlabelled_cuts": now >= expected_f1_cuts(now)}
    if outside.name in SECOND:
        columns = outside.columns.copy()
        for group, labels in SECOND[outside.name].items():
            columns[outside.rows.labels.index(group), [GOEMOTIONS.index(label) for label in labels]] = True
        ways["second_mapping"] = outside.decided.astype(int) @ columns.T.astype(int) > 0
    content = {}
    for way, decided in ways.items():
        sample = outside.sample(now, decided, np.arange(len(now)))
        value = decision_metrics(sample, np.ones((1, len(now))))["macro_f1"][0]
        blocks = bootstrap_weights(len(now), 1_000, 0)
        drawn = np.concatenate([decision_metrics(sample, weights)["macro_f1"] for weights in blocks])
        content[way] = [short(value), *(short(v) for v in np.quantile(drawn, [0.025, 0.975]))]
    return content


def curve(outside: Outside, n: int) -> dict[str, object]:
    """Each figure as [mean, sd] over the repeats; gain as [mean, low, high]."""
    rows: dict[str, list[dict[str, float]]] = {}
    gains: list[float] = []
    for seed in range(REPEATS):
        few, pool, rest = outside.split(n, seed)
        problem = outside.problem(few, pool)
        fitted = problem.fit(np.ones(n, dtype=bool))
        plain = replace(problem, few=replace(problem.few, features=None)).fit(np.ones(n, dtype=bool))
        rule, (centre, scale) = fitted.rule, problem.standard
        truth_of = outside.decided[rest].astype(int) @ outside.columns.T.astype(int) > 0
        now = sigmoid(outside.logits[rest])
        features = (log_odds(outside.probabilities[rest]) - centre) / scale
        adapted = fitted.found.probabilities(outside.logits[rest], features)
        mapped = calibrate(outside.logits[rest], plain.rule.maps)
        samples = {
            "zero_shot": outside.sample(now, truth_of, rest),
            "mapping_only": outside.sample(mapped, plain.rule.decide(mapped), rest),
            "adapted": outside.sample(adapted, rule.decide(adapted), rest),
            "scratch_logits": scratch(outside, outside.model_logits, few, pool, rest, rule.fallback),
            "scratch_embedding": scratch(outside, outside.embeddings, few, pool, rest, rule.fallback),
        }
        for way, sample in samples.items():
            rows.setdefault(way, []).append(figures(sample))
        for weights in bootstrap_weights(len(rest), RESAMPLES, seed):
            scores = [decision_metrics(samples[way], weights)["macro_f1"] for way in ("adapted", "zero_shot")]
            gains.extend(scores[0] - scores[1])
    content: dict[str, object] = {
        way: {key: mean_sd([row[key] for row in many]) for key in many[0]} for way, many in rows.items()
    }
    content["gain"] = [short(np.mean(gains)), *(short(v) for v in np.quantile(gains, [0.025, 0.975]))]
    return content


def figures(sample: LabelledSample) -> dict[str, float]:
    values = measure(sample, np.ones((1, len(sample)))).overall
    found = {name: float(values[name][0]) for name in ("nll", "ece_mean", "macro_f1")}
    return found | {"ece_debiased": float(debiased_ece(sample).mean())}


def scratch(
    outside: Outside, features: np.ndarray, few: np.ndarray, pool: np.ndarray, rest: np.ndarray, fallback: str
) -> LabelledSample:
    """One logistic regression a label on these rows alone; cuts and fallback as the adapted rule has them."""
    scaler = StandardScaler().fit(features[few])
    probabilities = {}
    for name, at in (("few", few), ("pool", pool), ("rest", rest)):
        probabilities[name] = np.zeros((len(at), len(outside.rows.labels)))
    for label in range(len(outside.rows.labels)):
        seen = few[outside.rows.judged[few, label]]
        truth = outside.rows.truth[seen, label]
        if truth.any() and not truth.all():
            fitted = LogisticRegression(C=0.1, max_iter=500).fit(scaler.transform(features[seen]), truth)
            for name, at in (("few", few), ("pool", pool), ("rest", rest)):
                probabilities[name][:, label] = fitted.predict_proba(scaler.transform(features[at]))[:, 1]
        else:  # the rule of succession
            for part in probabilities.values():
                part[:, label] = (truth.sum() + 1) / (len(truth) + 2)
    cuts = expected_f1_cuts(np.concatenate([probabilities["few"], probabilities["pool"]]))
    if len(few) >= few_rows.MIN_PROMISE:
        cuts = refit_cuts(outside.few(few), probabilities["few"], cuts)
    g = len(outside.rows.labels)
    rule = DecisionRule(outside.rows.labels, np.tile([1.0, 1.0, 0.0], (g, 1)), cuts, fallback, None, "")
    return outside.sample(probabilities["rest"], rule.decide(probabilities["rest"]), rest)


def conformal(outside: Outside, n: int) -> dict[str, object]:
    """Misses and size of sets, by the way of choosing the cutoff; within: share of repeats in .1 +/- .06."""
    rows: dict[str, list[tuple[float, float, float]]] = {
        "adapted": [],
        "seen_rows": [],
        "zero_shot_scores": [],
    }
    promised = 0
    for seed in range(SET_REPEATS[n]):
        few, _, rest = outside.split(n, seed)
        part = outside.few(few)
        prior = np.tile([1.0, 1.0, 0.0], (len(outside.columns), 1))
        fitted = refit(part, prior)
        promised += few_rows.can_promise(part, np.ones(n, dtype=bool))
        carrying = part.truth.any(axis=1)
        scores = fitted.probabilities(outside.logits[rest], outside.features[rest])
        ways = {
            "adapted": (left_out(part, prior), scores),
            "seen_rows": (fitted.probabilities(part.logits, part.features), scores),
            "zero_shot_scores": (sigmoid(part.logits), sigmoid(outside.logits[rest])),
        }
        truth = outside.rows.truth[rest]
        for way, (fitted_on, there) in ways.items():
            included = there >= fit_cutoff(fitted_on[carrying], part.truth[carrying], ALPHA)
            included[np.arange(len(rest)), there.argmax(axis=1)] = True
            missed = false_negative_rates(included, truth)
            rows[way].append((missed[truth.any(axis=1)].mean(), missed.mean(), included.sum(axis=1).mean()))
    content: dict[str, object] = {"promised": short(promised / SET_REPEATS[n])}
    for way, found in rows.items():
        fnr, over_all, size = np.array(found).T
        content[way] = {
            "fnr": mean_sd(fnr), "within": short((np.abs(fnr - ALPHA) <= 0.06).mean()),
            "fnr_all_texts": mean_sd(over_all), "size": mean_sd(size),
        }  # fmt: skip
    return content


def shares(outside: Outside, n: int = 100) -> dict[str, object]:
    """Coverage and width of 95 % intervals; a label's population are the rows judged for it."""
    now = sigmoid(outside.logits)
    held: dict[str, list[bool]] = {"labels_only": [], "powered": []}
    widths, weights = [], []
    for seed in range(MANY):
        few, pool, rest = outside.split(n, seed)
        pool = np.concatenate([pool, rest])
        for label in range(len(outside.rows.labels)):
            judged, truth = outside.rows.judged[:, label], outside.rows.truth[:, label]
            seen, others = few[judged[few]], pool[judged[pool]]
            if len(seen) < 20:
                continue
            found = prevalence(truth[seen], now[seen, label], now[others, label])
            assert found.powered is not None
            true = truth[judged].mean()
            for way, interval in (("labels_only", found.classical), ("powered", found.powered)):
                held[way].append(interval.low <= true <= interval.high)
            widths.append(
                (found.powered.high - found.powered.low) / (found.classical.high - found.classical.low)
            )
            weights.append(found.weight)
    return {
        "coverage": {way: short(np.mean(many)) for way, many in held.items()},
        "width_ratio": mean_sd(widths),
        "narrower": short((np.array(widths) < 1).mean()),
        "weight": short(np.mean(weights)),
        "intervals": len(widths),
    }


def strengths(outside: Outside) -> list[dict[str, object]]:
    """Pulls of levels (shared, own), of slopes beside them and of weights; what 100 rows give."""
    kept = few_rows.SHARED, few_rows.OWN, few_rows.SLOPES, label_weights.STRENGTH
    content = []
    tried = [(5, 5, 10, weights) for weights in (1, 2, 5, 10, 20, 40)]
    tried += [(1, 2, 10, 10), (20, 20, 10, 10), (5, 5, 1, 10), (5, 5, 40, 10)]
    for shared, own, slopes, weights in tried:
        few_rows.SHARED, few_rows.OWN, few_rows.SLOPES = float(shared), float(own), float(slopes)
        label_weights.STRENGTH = float(weights)
        pulls = {"shared": shared, "own": own, "slopes": slopes, "weights": weights}
        content.append(pulls | _pulled(outside))
    few_rows.SHARED, few_rows.OWN, few_rows.SLOPES, label_weights.STRENGTH = kept
    return content


def _pulled(outside: Outside) -> dict[str, object]:
    rows = []
    prior = np.tile([1.0, 1.0, 0.0], (len(outside.columns), 1))
    for seed in range(STRENGTH_REPEATS):
        few, _, rest = outside.split(100, seed)
        part = outside.few(few)
        scores = refit(part, prior).probabilities(outside.logits[rest], outside.features[rest])
        found = figures(outside.sample(scores, scores >= 0.5, rest))
        carrying = part.truth.any(axis=1)
        included = scores >= fit_cutoff(left_out(part, prior)[carrying], part.truth[carrying], ALPHA)
        included[np.arange(len(rest)), scores.argmax(axis=1)] = True
        missed = false_negative_rates(included, outside.rows.truth[rest]).mean()
        rows.append((found["nll"], found["ece_mean"], abs(missed - ALPHA) <= 0.06))
    nll, ece, within = np.array(rows, dtype=float).mean(axis=0)
    return {"nll": short(nll), "ece": short(ece), "within": short(within)}


def goals(found: dict[str, dict]) -> dict[str, object]:
    content: dict[str, object] = {}
    for name, one in found.items():
        at = one["curve"]["100"]
        cut = 1 - at["adapted"]["ece_mean"][0] / at["zero_shot"]["ece_mean"][0]
        within = one["sets"]["100"]["adapted"]["within"] if one["sets"]["100"]["promised"] else float("nan")
        content |= {
            f"{name}: ECE cut by 100 rows": goal(cut, ">= .40", cut >= 0.4),
            f"{name}: FNR within .1 +/- .06, 100 rows": goal(within, ">= .95", within >= 0.95),
            f"{name}: gain in macro-F1 by 100 rows": goal(
                at["gain"][0], "interval above 0", at["gain"][1] > 0
            )
            | {"interval": at["gain"][1:]},
        }
    for way, words in (("any", "our mapping"), ("second_mapping", "thanks count as love")):
        value, *interval = found[LIKE]["zero_shot"][way]
        content[f"{LIKE}: zero-shot macro-F1, {words}"] = goal(value, f"> {BAR}", value > BAR) | {
            "interval": interval
        }
    return content


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "default")
