"""Are the probabilities frequencies, and which maps and cuts are traps? For results/trust/calibration.json.

    GOEMOX_DATA=... python benchmarks/trust/calibration.py [MODEL_DIR]

- release: the model's own rule, fitted on dev, on GoEmotions test: NLL, Brier, calibration errors beside
  those of perfectly calibrated models with the same scores, label by label with Holm. A look at test.
- fitted_floor: for labels above that: the error of models that are perfect but for the map, which is fitted
  on as many rows as dev has. Truth of both splits is drawn from the released probabilities.
- cross_fitted: the labels whose error on dev, each row under a map of the other folds, is above chance.
- maps: five folds of dev, five times; each map is fitted on 500, 2,000 or all rows of the other four folds. A
  label without positives there keeps its scores. NLL is cut at 27.6 nats a cell.
- cuts: the same folds, three times, after our map; optimism is macro-F1 on the rows that chose the cuts minus
  macro-F1 on the others, over labels that occur among the former.
- resamples: dev drawn with replacement 20 times, fitted on the drawn, NLL of the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import scored
from results import goal, mean_sd, short, write
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from goemox.counts import count
from goemox.decision.calibration import calibrate, fit_beta
from goemox.decision.thresholds import fit_thresholds, global_threshold, sweep
from goemox.evaluation.intervals import bootstrap_weights, percentile_interval, spread_interval
from goemox.evaluation.metrics import SMALLEST, measure
from goemox.evaluation.noise_floor import noise_floor
from goemox.evaluation.reliability import debiased_ece, label_ece
from goemox.evaluation.sample import LabelledSample
from goemox.labels import GOEMOTIONS
from goemox.records import truth_matrix
from goemox.scores import sigmoid

N_FOLDS, REPEATS, CUT_REPEATS, RESAMPLES, DRAWS = 5, 5, 3, 20, 200_000
FITTED_DRAWS = 2_000
SIZES = (500, 2_000, None)  # None: all rows of four folds
COMMON = 20  # positives from which a label must not stay silent
Map = Callable[[np.ndarray], np.ndarray]


def main(model: str) -> None:
    dev, test = scored.goemotions("dev", model), scored.goemotions("test", model)
    truth = {"dev": truth_matrix(dev.records, GOEMOTIONS), "test": truth_matrix(test.records, GOEMOTIONS)}
    released, per_label = release(model, test.scores, truth["test"])
    above = [row["label"] for row in per_label if row["p_holm"] < 0.01]
    fitted = fitted_floor(model, dev.scores.logits, test.scores.logits, truth["test"], above)
    crossed = cross_fitted(dev.scores.logits, truth["dev"])
    maps = maps_compared(dev.scores.logits, truth["dev"])
    cuts = cuts_compared(dev.scores.logits, truth["dev"])
    again = resamples(dev.scores.logits, truth["dev"])
    ece = released["ece"]
    write(
        "calibration",
        "calibrated probabilities are frequencies, as far as so many texts can tell",
        {
            "n": {"dev": len(truth["dev"]), "test": len(truth["test"])},
            "seeds": {"maps": REPEATS, "cuts": CUT_REPEATS, "resamples": RESAMPLES, "draws": DRAWS},
            "goals": {
                "mean ECE15 on test": goal(ece[0], "<= .0065", ece[0] <= 0.0065) | {"interval": ece[1:]},
                "labels above their own 99th percentile, Holm": goal(len(above), "0", not above)
                | {"labels": above, "at_5_percent": [r["label"] for r in per_label if r["p_holm"] < 0.05]},
                "resamples with NLL worse than uncalibrated": goal(
                    again["worse"], "0 of 20", again["worse"] == 0
                ),
            },
            "release": released,
            "fitted_floor": fitted,
            "cross_fitted": crossed,
            "per_label": per_label,
            "maps": maps,
            "cuts": cuts,
            "resamples": again,
        },
    )


def sample_of(p: np.ndarray, truth: np.ndarray) -> LabelledSample:
    return LabelledSample(GOEMOTIONS, p, p >= 0.5, truth, np.ones(truth.shape, dtype=np.bool_))


def release(model: str, scores, truth: np.ndarray) -> tuple[dict[str, object], list[dict[str, object]]]:
    rule = scored.classifier(model).rule
    sample, raw = sample_of(rule.probabilities(scores), truth), sample_of(sigmoid(scores.logits), truth)
    one, drawn = np.ones((1, len(sample))), list(bootstrap_weights(len(sample), 1000, 0))
    value, plain = measure(sample, one), measure(raw, one)
    resampled = [measure(sample, weights).overall for weights in drawn]
    floor, debiased = noise_floor(sample, 0, DRAWS), debiased_ece(sample)
    found = {"ece_floor": [short(floor.overall.value), short(floor.overall.low), short(floor.overall.high)]}
    for name, ours, interval in (
        ("ece", "ece_mean", spread_interval), ("nll", "nll", percentile_interval),
        ("brier", "brier", percentile_interval),
    ):  # fmt: skip
        got = interval(float(value.overall[ours][0]), np.concatenate([block[ours] for block in resampled]))
        found[name] = [short(got.value), short(got.low), short(got.high)]
        found[f"{name}_uncalibrated"] = short(plain.overall[ours][0])
    found["ece_debiased"] = short(debiased.mean())
    found["ece_debiased_uncalibrated"] = short(debiased_ece(raw).mean())
    print("release", found, flush=True)
    rows = [
        {
            "label": label, "n": int(truth[:, j].sum()), "nll": short(value.by_label["nll"][0, j]),
            "brier": short(value.by_label["brier"][0, j]), "ece": short(value.by_label["ece"][0, j]),
            "debiased": short(debiased[j]), "floor": short(floor.mean[j]), "p99": short(floor.high[j]),
            "p_holm": short(floor.p_adjusted[j]),
        }
        for j, label in enumerate(GOEMOTIONS)
    ]  # fmt: skip
    return found, rows


def fitted_floor(
    model: str, dev: np.ndarray, test: np.ndarray, truth: np.ndarray, labels: list[str]
) -> list[dict[str, object]]:
    maps, rows = scored.classifier(model).rule.maps, []
    for label in labels:
        j = GOEMOTIONS.index(label)
        z, own = {"dev": dev[:, [j]], "test": test[:, [j]]}, maps[[j]]
        true = {part: calibrate(logits, own) for part, logits in z.items()}
        generator, drawn = np.random.default_rng(j), []
        for _ in range(FITTED_DRAWS):
            y = {part: generator.random(p.shape) < p for part, p in true.items()}
            drawn.append(one_ece(calibrate(z["test"], fit_beta(z["dev"], y["dev"])), y["test"]))
        found = one_ece(true["test"], truth[:, [j]])
        p = (1 + np.sum(np.array(drawn) >= found)) / (1 + FITTED_DRAWS)
        high = short(np.quantile(drawn, 0.99))
        rows.append(
            {"label": label, "ece": short(found), "mean": short(np.mean(drawn)), "p99": high, "p": short(p)}
        )
        print("fitted floor", rows[-1], flush=True)
    return rows


def one_ece(p: np.ndarray, truth: np.ndarray) -> float:
    sample = LabelledSample(("one",), p, p >= 0.5, truth, np.ones(truth.shape, dtype=np.bool_))
    return float(label_ece(sample, np.ones((1, len(p))))[0, 0])


def cross_fitted(logits: np.ndarray, truth: np.ndarray) -> dict[str, object]:
    p = np.zeros(truth.shape)
    for use, held in splits(len(truth), None, 0):
        p[held] = calibrate(logits[held], fit_beta(logits[use], truth[use]))
    floor = noise_floor(sample_of(p, truth), 0, DRAWS)
    errors = label_ece(sample_of(p, truth), np.ones((1, len(p))))[0]
    found = {
        "ece": short(errors.mean()),
        "ece_floor": [short(floor.overall.value), short(floor.overall.low), short(floor.overall.high)],
        "above_at_1_percent": [GOEMOTIONS[j] for j in np.flatnonzero(floor.p_adjusted < 0.01)],
    }
    print("cross-fitted", found, flush=True)
    return found


def fit_none(_logits: np.ndarray, _truth: np.ndarray) -> Map:
    return sigmoid


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> Map:
    (log_t,) = least(lambda t: loss(logits * np.exp(-t[0]), truth), [0.0])
    return lambda z: sigmoid(z * np.exp(-log_t))


def fit_temperature_bias(logits: np.ndarray, truth: np.ndarray) -> Map:
    seen = truth.any(axis=0)

    def objective(v: np.ndarray) -> tuple[float, np.ndarray]:
        z = logits * v[0] + v[1:]
        gap = sigmoid(z) - truth
        return loss(z, truth), np.append((gap * logits).sum(), gap.sum(axis=0) * seen)

    start = np.append(1.0, np.zeros(truth.shape[1]))
    v = minimize(objective, start, jac=True, method="L-BFGS-B").x
    return lambda z: sigmoid(z * v[0] + v[1:])


def fit_platt(logits: np.ndarray, truth: np.ndarray) -> Map:
    a, b = np.ones(truth.shape[1]), np.zeros(truth.shape[1])
    for j in np.flatnonzero(truth.any(axis=0)):
        z, y = logits[:, j], truth[:, j]
        a[j], b[j] = least(lambda v, z=z, y=y: loss(v[0] * z + v[1], y), [1.0, 0.0])
    return lambda z: sigmoid(a * z + b)


def fit_ours(logits: np.ndarray, truth: np.ndarray) -> Map:
    maps = fit_beta(logits, truth)
    return lambda z: calibrate(z, maps)


def fit_isotonic(logits: np.ndarray, truth: np.ndarray) -> Map:
    fits = {
        j: IsotonicRegression(out_of_bounds="clip").fit(logits[:, j], truth[:, j])
        for j in np.flatnonzero(truth.any(axis=0))
    }

    def apply(z: np.ndarray) -> np.ndarray:
        p = sigmoid(z)
        for j, fit in fits.items():
            p[:, j] = fit.predict(z[:, j])
        return p

    return apply


MAPS = {
    "none": fit_none, "one temperature": fit_temperature, "temperature and bias": fit_temperature_bias,
    "Platt": fit_platt, "beta, L2 to the identity (ours)": fit_ours, "isotonic": fit_isotonic,
}  # fmt: skip


def loss(z: np.ndarray, truth: np.ndarray) -> float:
    return float(np.logaddexp(0.0, np.where(truth, -z, z)).sum())


def least(objective: Callable[[np.ndarray], float], start: list[float]) -> np.ndarray:
    return minimize(objective, np.array(start), method="L-BFGS-B", bounds=[(-30, 30)] * len(start)).x


def nll(p: np.ndarray, truth: np.ndarray) -> float:
    return float(-np.log(np.clip(np.where(truth, p, 1 - p), SMALLEST, 1.0)).mean())


def splits(n: int, size: int | None, repeat: int):
    """Five pairs of rows to fit on, `size` of them or all, and rows to measure on."""
    generator = np.random.default_rng(1000 + repeat)
    fold = generator.permutation(n) % N_FOLDS
    for number in range(N_FOLDS):
        others = generator.permutation(np.flatnonzero(fold != number))
        yield others[:size], np.flatnonzero(fold == number)


def maps_compared(logits: np.ndarray, truth: np.ndarray) -> list[dict[str, object]]:
    rows = []
    for name, fit in MAPS.items():
        row: dict[str, object] = {"map": name}
        for size in SIZES:
            found = []
            for repeat in range(REPEATS):
                p = np.zeros(truth.shape)
                for use, held in splits(len(truth), size, repeat):
                    p[held] = fit(logits[use].astype(float), truth[use])(logits[held].astype(float))
                sample = sample_of(np.clip(p, 0, 1), truth)
                errors = label_ece(sample, np.ones((1, len(sample)))).mean(), debiased_ece(sample).mean()
                found.append((nll(p, truth), *errors))
            row[str(size or "all")] = {
                key: short(value)
                for key, value in zip(("nll", "ece", "debiased"), np.mean(found, axis=0), strict=True)
            } | {"nll_worst": short(max(each[0] for each in found))}
        rows.append(row)
        print(row, flush=True)
    return rows


def cut_half(p: np.ndarray, _truth: np.ndarray) -> np.ndarray:
    return np.full(p.shape[1], 0.5)


def cut_global(p: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return np.full(p.shape[1], global_threshold(p, truth))


def cut_own(p: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """SCut (Yang 2001): each label's own best F1; the highest score there is where a label never occurs."""
    cuts = p.max(axis=0)
    for j in np.flatnonzero(truth.any(axis=0)):
        at, tp, fp = sweep(p[:, j], truth[:, j])
        cuts[j] = at[np.argmax(2 * tp / (tp + fp + truth[:, j].sum()))]
    return cuts


CUTS = {
    "0.5": cut_half,
    "one global": cut_global,
    "each label's own best (SCut)": cut_own,
    "ours": fit_thresholds,
}


def cuts_compared(logits: np.ndarray, truth: np.ndarray) -> list[dict[str, object]]:
    rows = []
    for name, choose in CUTS.items():
        row: dict[str, object] = {"cuts": name}
        for size in SIZES:
            macro, micro, gap, silent = [], [], [], []
            for repeat in range(CUT_REPEATS):
                decided, own = np.zeros_like(truth), []
                for use, held in splits(len(truth), size, repeat):
                    maps = fit_beta(logits[use], truth[use])
                    p = calibrate(logits[use], maps)
                    cuts = choose(p, truth[use])
                    decided[held] = calibrate(logits[held], maps) >= cuts
                    here = count(p >= cuts, truth[use]).f1
                    own.append(np.where(truth[use].any(axis=0), here, np.nan))
                found = count(decided, truth)
                macro.append(found.macro_f1)
                micro.append(found.micro_f1)
                gap.append(np.mean([np.nanmean(each - found.f1) for each in own]))
                silent.append(((found.predicted == 0) & (found.support >= COMMON)).sum())
            row[str(size or "all")] = {
                "macro_f1": mean_sd(macro), "micro_f1": mean_sd(micro), "optimism": mean_sd(gap),
                "silent_labels": int(max(silent)),
            }  # fmt: skip
        rows.append(row)
        print(row, flush=True)
    return rows


def resamples(logits: np.ndarray, truth: np.ndarray) -> dict[str, object]:
    gains = []
    for seed in range(RESAMPLES):
        use = np.random.default_rng(seed).integers(0, len(truth), len(truth))
        rest = np.setdiff1d(np.arange(len(truth)), use)
        maps = fit_beta(logits[use], truth[use])
        gains.append(
            nll(sigmoid(logits[rest]), truth[rest]) - nll(calibrate(logits[rest], maps), truth[rest])
        )
    found = {
        "worse": int(np.sum(np.array(gains) < 0)),
        "nll_gain": mean_sd(gains),
        "least": short(min(gains)),
    }
    print("resamples", found, flush=True)
    return found


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "default")
