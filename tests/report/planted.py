"""Planted reports: whole dicts of schema goemox.report/1 whose numbers a reader can foresee."""

from __future__ import annotations

import math
import random
from itertools import pairwise

SHARES = {
    "neutral": 0.33, "admiration": 0.093, "approval": 0.065, "gratitude": 0.065, "annoyance": 0.059,
    "amusement": 0.049, "curiosity": 0.052, "disapproval": 0.049, "love": 0.044, "optimism": 0.034,
    "anger": 0.036, "joy": 0.03, "confusion": 0.028, "sadness": 0.029, "disappointment": 0.028,
    "realization": 0.027, "caring": 0.025, "surprise": 0.026, "excitement": 0.019, "disgust": 0.023,
    "desire": 0.015, "fear": 0.014, "remorse": 0.01, "embarrassment": 0.007, "nervousness": 0.0042,
    "relief": 0.002, "pride": 0.0029, "grief": 0.0011,
}  # fmt: skip
F1 = {
    "gratitude": 0.91, "love": 0.8, "amusement": 0.79, "admiration": 0.69, "neutral": 0.67, "fear": 0.66,
    "remorse": 0.65, "joy": 0.58, "surprise": 0.55, "sadness": 0.55, "optimism": 0.54, "curiosity": 0.54,
    "desire": 0.5, "anger": 0.49, "disgust": 0.46, "confusion": 0.42, "excitement": 0.4, "caring": 0.39,
    "disapproval": 0.39, "approval": 0.38, "annoyance": 0.35, "embarrassment": 0.4, "disappointment": 0.29,
    "realization": 0.21, "nervousness": 0.33, "relief": 0.3, "pride": 0.38, "grief": 0.0,
}  # fmt: skip
LABELS = (*sorted(set(SHARES) - {"neutral"}), "neutral")
N = 5427


def histogram(centre: float, spread: float, n: int, top: float = 1.0, bins: int = 20) -> dict[str, object]:
    """A bell of n counts round `centre` (in units of the axis)."""
    edges = [top * i / bins for i in range(bins + 1)]
    weight = [math.exp(-((((a + b) / 2) - centre) ** 2) / (2 * spread**2)) for a, b in pairwise(edges)]
    counts = [round(n * w / sum(weight)) for w in weight]
    return {"edges": [round(e, 6) for e in edges], "counts": counts}


def rising(share_outside: float, n: int) -> dict[str, object]:
    """Counts of 20 percentile bins: the last one holds `share_outside`."""
    rest = [1 + i / 10 for i in range(19)]
    counts = [round(n * (1 - share_outside) * w / sum(rest)) for w in rest] + [round(n * share_outside)]
    return {"edges": [5.0 * i for i in range(21)], "counts": counts}


def interval(value: float, half: float) -> dict[str, float]:
    return {"value": value, "low": round(max(value - half, 0), 6), "high": round(min(value + half, 1), 6)}


def per_label() -> list[dict[str, object]]:
    rows = []
    for label in LABELS:
        support, f1 = round(SHARES[label] * N), F1[label]
        half = min(0.9 / math.sqrt(support), 0.5)
        spread = interval(f1, half)
        rows.append(
            {
                "label": label,
                "support": support,
                "predicted": round(support * 1.1),
                "precision": round(f1 * 0.96, 6),
                "recall": round(min(f1 * 1.05, 1), 6),
                "f1": f1,
                "f1_low": spread["low"],
                "f1_high": spread["high"],
                "average_precision": round(f1 * 0.97, 6),
                "threshold": round(0.15 + 0.3 * f1, 6),
                "brier": round(SHARES[label] * 0.4, 6),
                "brier_skill": round(1 - 0.4 / (1 - SHARES[label]), 6),
                "ece": 0.006,
            }
        )
    return rows


def confusion() -> dict[str, object]:
    labels = sorted(SHARES, key=lambda label: -SHARES[label])[:10]
    dice = random.Random(5)
    multi = [[round(dice.uniform(0, 0.08), 6) for _ in labels] for _ in labels]
    single = [[round(dice.uniform(0, 0.05), 6) for _ in labels] for _ in labels]
    for i, label in enumerate(labels):
        multi[i][i] = single[i][i] = F1[label]
        if i:
            multi[i][0], single[i][0] = 0.31 + i / 50, 0.1 + i / 50
    annoyance, disapproval = labels.index("annoyance"), labels.index("disapproval")
    multi[annoyance][disapproval] = 0.22
    support = [round(SHARES[label] * N) for label in labels]
    alone = [round(0.7 * n) for n in support]
    return {
        "labels": labels, "multi_label": multi, "single_label": single, "support": support,
        "single_label_support": alone,
    }  # fmt: skip


def reliability() -> list[dict[str, object]]:
    curves = []
    for label in ("all", *sorted(SHARES, key=lambda label: -SHARES[label])[:9]):
        bins = []
        for i in range(10):
            said = (i + 0.5) / 10
            n = round(20_000 / (i + 1) ** 2) if label == "all" else round(2000 * SHARES[label] / (i + 1) + 20)
            half = 1.96 * math.sqrt(said * (1 - said) / n)
            true = said - 0.09 if i == 8 else said + half * (0.5 if i % 2 else -0.4)
            bins.append({"n": n, "observed": true, **interval(said, half)})
            bins[-1]["predicted"] = bins[-1].pop("value")
        smooth = [
            {"predicted": x / 20, "observed": min(1.0, x / 20 + 0.01), "low": max(0.0, x / 20 - 0.05),
             "high": min(1.0, x / 20 + 0.05)}
            for x in range(1, 20)
        ]  # fmt: skip
        curves.append({"label": label, "bins": bins, "smooth": smooth, "smooth_ece": 0.0123})
    return curves


def baseline(name: str, *values: float) -> dict[str, object]:
    keys = ("macro_f1", "micro_f1", "weighted_f1", "top1_accuracy", "subset_accuracy")
    return {"name": name, **dict(zip(keys, values, strict=True))}


def in_domain() -> dict[str, object]:
    names = "macro_f1 micro_f1 weighted_f1 macro_f1_common ekman_macro_f1 sentiment_macro_f1"
    names += " mean_average_precision top1_accuracy subset_accuracy brier nll ece_mean"
    values = (0.533, 0.584, 0.579, 0.557, 0.641, 0.702, 0.529, 0.601, 0.466, 0.0231, 0.0863, 0.0068)
    beside = {"brier_base_rate": 0.0379, "nll_base_rate": 0.1412, "ece_floor": 0.004}
    half = {"brier": 0.0004, "nll": 0.0015, "ece_mean": 0.0004}
    return {
        "dataset": "GoEmotions",
        "split": "test",
        "n": N,
        "measured": "at release",
        "metrics": {
            key: interval(value, half.get(key, 0.018))
            for key, value in zip(names.split(), values, strict=True)
        }
        | {key: {"value": value, "low": None, "high": None} for key, value in beside.items()},
        "per_label": per_label(),
        "confusion": confusion(),
        "baselines": [
            baseline("majority (always neutral)", 0.018, 0.3, 0.16, 0.33, 0.296),
            baseline("random (at the training shares)", 0.036, 0.15, 0.15, 0.14, 0.1),
        ],
        "label_share": {label: round(share * 1.1, 6) for label, share in SHARES.items()},
        "true_label_share": dict(SHARES),
        "top_label_share": {"neutral": 0.381, "admiration": 0.098, "others": 0.521},
        "confidence": {
            "mean": 0.573,
            "histogram": histogram(0.58, 0.22, N),
            "softmax_histogram": histogram(0.72, 0.2, N),
        },
        "reliability": reliability(),
        "score_strips": [score_strip(label, round(SHARES[label] * N)) for label in LABELS],
        "co_occurrence": co_occurrence(N, people=True),
        "thresholds_compared": [
            {"rule": "0.5", "macro_f1": 0.441, "micro_f1": 0.548},
            {"rule": "one global", "macro_f1": 0.512, "micro_f1": 0.575},
            {"rule": "chosen", "macro_f1": 0.533, "micro_f1": 0.584},
        ],
    }


def label_tests(share: dict[str, float], moved: tuple[str, ...], n: int, ks: float) -> dict[str, object]:
    rows = [
        {
            "label": label,
            "ks": round(ks / (1 + moved.index(label)), 6) if label in moved else 0.012,
            "p_adjusted": 0.00001 if label in moved else 0.4,
            "share_reference": round(SHARES[label] * 1.1, 6),
            "share_target": share[label],
        }
        for label in LABELS
    ]
    return {
        "method": "Kolmogorov–Smirnov on calibrated probabilities, Holm-adjusted over 28 labels",
        "n": n,
        "labels": rows,
        "moved": list(moved),
    }


def example(why: str, text: str, scores: str, *labels: str, **more: object) -> dict[str, object]:
    """A row; `scores` is written as "label .62, label .41"."""
    pairs = [each.split() for each in scores.split(", ")]
    return {
        "why": why,
        "id": f"row-{len(text)}",
        "text": text,
        "url": f"https://example.org/item?id={len(text)}",
        "labels": list(labels),
        "scores": {label: float(p) for label, p in pairs},
        "domain_percentile": 97.2,
        "in_domain": False,
        **more,
    }


CURIOUS = "curiosity .62, neutral .41, confusion .22, surprise .06, approval .03"
GRATEFUL = "gratitude .98, admiration .34, joy .1, neutral .02, relief .02"
DOUBTFUL = "annoyance .31, admiration .3, neutral .29, amusement .22, disapproval .2"
PLAIN = "neutral .83, curiosity .12, approval .05, realization .04, annoyance .01"
EXAMPLES = (
    example(
        "most typical", "Show HN: A small tool that turns your notes into a website", CURIOUS, "curiosity"
    ),
    example("most typical", "Why we moved our database to SQLite", PLAIN, "neutral", in_domain=True),
    example("most certain emotion", "Thank you, this saved my week!", GRATEFUL, "gratitude", "admiration"),
    example("most doubtful", "Oh great, another JavaScript framework", DOUBTFUL, "annoyance", "admiration"),
    example("farthest out", "ERR_CONN_RESET 0x80072EFE in libnghttp2.so", PLAIN, "neutral"),
)


def domain(
    name: str = "hackernews",
    n: int = 20_000,
    neutral: float = 0.71,
    moved: tuple[str, ...] = ("neutral", "admiration", "gratitude", "curiosity", "amusement"),
    outside: float = 0.54,
    ks: float = 0.31,
    **more: object,
) -> dict[str, object]:
    """One domain; `neutral` is the share of texts whose top label it is."""
    factor = (1 - neutral) / (1 - 0.381)
    share = {label: round(s * 1.1 * (factor if label in moved else 1), 6) for label, s in SHARES.items()}
    share["neutral"] = round(min(neutral * 1.03, 1), 6)
    half = {label: 1.96 * math.sqrt(s * (1 - min(s, 1)) / max(n, 1)) for label, s in share.items()}
    return {
        "name": name, "source": "file", "description": f"{n:,} rows of {name}.jsonl",
        "n": n, "n_duplicates": n // 120,
        "profile": {
            "n_same": n // 120, "n_near": n // 60, "not_english": 0.013, "over_trained": 0.004,
            "over_limit": 0.0, "code": 0.0, "first": None, "last": None,
        },
        "label_share": share,
        "label_share_interval": {
            k: [round(max(s - half[k], 0), 6), round(min(s + half[k], 1), 6)] for k, s in share.items()
        },
        "top_label": {label: round(s * 0.9, 6) for label, s in share.items()},
        "top_label_share": {
            "neutral": neutral, "admiration": round(0.15 * (1 - neutral), 6),
            "others": round(0.85 * (1 - neutral), 6),
        },
        "co_occurrence": co_occurrence(n),
        "no_label_share": 0.0,
        "confidence": {
            "mean": 0.49, "median": 0.47,
            "histogram": histogram(0.45, 0.2, n), "softmax_histogram": histogram(0.7, 0.18, n),
        },
        "distance": {
            "available": True, "median_percentile": 95.4, "share_outside": outside,
            "share_far_same_length": 0.05, "share_far_same_length_interval": [0.043, 0.058],
            "histogram": rising(outside, n), "length_median_words": 9, "reference_length_median_words": 12,
            "told_apart": told_apart(n), "ridge": ridge(outside, n),
        },
        "tests": label_tests(share, moved, min(n, 5000), ks),
        "naive": {
            "softmax_argmax": {"neutral": 0.8, "admiration": 0.02, "others": 0.18},
            "mean_max_softmax": 0.69, "disagreement": 0.14,
            "cut_half": {"no_label_share": 0.23, "neutral_share": 0.6},
        },
        "examples": [dict(row) for row in EXAMPLES],
        "words": label_words(n),
        "smoke": None,
        **more,
    }  # fmt: skip


def sure(mean: float, n: int = 20_000) -> dict[str, object]:
    """The confidence of a domain of n texts."""
    return {"mean": mean, "median": mean, "histogram": histogram(mean, 0.18, n)}


def samples(n: int = 240) -> dict[str, object]:
    """The embedded sample texts as a domain."""
    return domain(
        "samples",
        n,
        0.22,
        ("neutral", "grief", "pride"),
        0.11,
        source="sample",
        description="texts written for goemox",
        smoke={"n": n, "top1_hit": 0.61, "per_label_recall": {"joy": 0.5}},
    )


def planted_report(domains: list[dict[str, object]] | None = None, **more: object) -> dict[str, object]:
    """A report like a real one: three domains unless others are given; `more` replaces whole keys."""
    found = domains
    if found is None:
        first = domain(timeline=years(), groups=repos())
        found = [first, domain("issues", 20_000, 0.84, outside=0.61), samples()]
    names = ["GoEmotions test", *(str(each["name"]) for each in found)]
    return {
        "schema": "goemox.report/1",
        "goemox_version": "0.1.0",
        "created_at": "2026-11-23T22:00:00Z",
        "seed": 0,
        "model": {
            "name": "goemox default (int8)",
            "sha256": "ab" * 32,
            "base": "all-MiniLM-L6-v2",
            "parameters": 24_500_000,
            "labels": list(LABELS),
            "calibrated": True,
            "fallback": "top",
            "thresholds": {label: round(0.15 + 0.3 * F1[label], 6) for label in LABELS},
            "trained_on": "GoEmotions train, 43,410 rows",
            "notes": ["int8 weights, checked against fp32"],
        },
        "in_domain": in_domain(),
        "domains": found,
        "map": text_map([(str(each["name"]), int(each["n"])) for each in found]),
        "correlation": likeness(names),
        "findings": [
            {"id": level, "level": level, "text": text}
            for level, text in (
                ("good", "Macro-F1 on GoEmotions test is 0.533, far above both baselines."),
                ("bad", "More than half of hackernews lies outside the training texts."),
                ("watch", "Four labels have fewer than 30 test rows."),
                ("info", "The samples were written for goemox; they are never evidence."),
            )
        ],
        "warnings": ["167 texts of hackernews occur more than once."],
        "ladder": ladder(),
        **more,
    }


def naive_model(
    n: int = 20_000, neutral: float = 0.97, mean: float = 0.57, lost: float = 0.14, **more: object
) -> dict[str, object]:
    """What a naive model says of n texts: `neutral` of them neutral, as sure as `mean` on average.

    lost: share of its neutral texts to which the release model gives an emotion instead.
    """
    rest = 1 - neutral
    called = {"neutral": round(n * neutral), "admiration": round(n * rest), "others": 0}
    half = 1.96 * math.sqrt(lost * (1 - lost) / max(called["neutral"], 1))
    crossing: list[dict[str, object]] = []
    for group, texts in called.items():
        given = dict.fromkeys(LABELS, 0.002) | {"neutral": 1 - lost, "curiosity": lost}
        crossing.append(
            {
                "group": group, "n": texts,
                "top_label": given if texts else None, "label_share": given if texts else None,
                "only_neutral_share": 1 - lost - 0.05 if texts else None,
                "no_label_share": 0.0 if texts else None,
            }
        )  # fmt: skip
    return {
        "softmax_argmax": {"neutral": neutral, "admiration": rest, "others": 0.0},
        "mean_max_softmax": mean,
        "mean_max_softmax_interval": [mean - 0.3 / math.sqrt(n), mean + 0.3 / math.sqrt(n)],
        "neutral_texts": called["neutral"],
        "adds": 0.05, "disagreement": lost, "disagreement_interval": [max(lost - half, 0.0), lost + half],
        "softmax_histogram": histogram(mean, 0.05, n),
        "top_label": dict.fromkeys(LABELS, 0.0) | {"neutral": neutral, "admiration": rest},
        "crossing": crossing,
        "at_home": {"n": 400, "neutral": 0.625, "neutral_by_people": 0.295},
        **more,
    }  # fmt: skip


def asked_naive(*domains: dict[str, object], home: dict[str, object] | None) -> dict[str, object]:
    """A report with `--naive`: these domains, and in domain what `home` says (None: no --data was given)."""
    report = planted_report(list(domains), naive_model={"name": "naive, best rate (first study)"})
    if home is not None:
        inside = {**in_domain(), "naive": {"softmax_argmax": home["softmax_argmax"], "model": home}}
        report["in_domain"] = inside
    return report


def with_model(domain: dict[str, object], **model: object) -> dict[str, object]:
    """The domain with a naive model's answers; model: as in `naive_model`."""
    naive: dict[str, object] = domain["naive"]  # type: ignore[assignment]
    return {**domain, "naive": {**naive, "model": naive_model(int(str(domain["n"])), **model)}}  # type: ignore[arg-type]


def ladder_rung(
    number: int, title: str, f1: float, neutral: float, nothing: float, elsewhere: float
) -> dict[str, object]:
    """One rung: macro-F1, shares at home, and the share of Hacker News titles called neutral alone."""
    spread = {
        "macro_f1": f1, "micro_f1": f1 + 0.1, "top1_accuracy": 0.6, "ece_mean": 0.004,
        "neutral_share": neutral, "no_label_share": nothing,
    }  # fmt: skip
    found = {key: {"mean": v, "low": v * 0.9, "high": v * 1.1} for key, v in spread.items()}
    there = {"neutral_share": elsewhere, "no_label_share": 0.0}
    return {
        "number": number, "name": title, "title": title, "repair": f"what {title} repairs, in some words",
        "decision": "softmax", "n_models": 3, **found,
        "outside": {"hackernews": {key: {"mean": v, "low": v, "high": v} for key, v in there.items()}},
    }  # fmt: skip


def ladder(*rungs: dict[str, object], **more: object) -> dict[str, object]:
    """A short ladder of three rungs, unless others are given."""
    climbed = rungs or (
        ladder_rung(1, "naive", 0.018, 1.0, 0.0, 1.0),
        ladder_rung(2, "all rows", 0.165, 0.27, 0.45, 0.97),
        ladder_rung(3, "release", 0.546, 0.27, 0.0, 0.76),
    )
    return {
        "schema": "goemox.ladder-short/1", "model_sha256": "ab" * 32, "goemox_version": "0.1.0",
        "quick": False, "date": "2026-11-26",
        "command": "goemox reproduce --data PATH/goemotions --output-dir DIR",
        "machine": {"processor": "AMD EPYC", "cores": 2}, "split": "dev", "n_seeds": 3,
        "evaluated": {"n": 5426, "neutral_share": 0.293, "no_label_share": 0.0},
        "outside": [{"key": "hackernews", "title": "Hacker News titles", "n": 2000}],
        "findings": [{"about": "macro_f1", "text": "Macro-F1 rose."}],
        "rungs": list(climbed), **more,
    }  # fmt: skip


WORDS = {
    "curiosity": (("why", 0.34, 0.012), ("how", 0.12, 0.02), ("what", 0.09, 0.011)),
    "amusement": (("lol", 0.43, 0.0001),),
    "admiration": (("great", 0.14, 0.004), ("beautiful", 0.05, 0.001)),
}


def label_words(
    n: int, found: dict[str, tuple[tuple[str, float, float], ...]] = WORDS, *, people: bool = False
) -> list[dict[str, object]]:
    """Words of n texts, each with its share of the label's texts and of the others; none below 20 texts.

    people: whether somebody looked: nine tenths of the texts with both are theirs too.
    """
    rows: list[dict[str, object]] = []
    for label in LABELS:
        given = round(SHARES[label] * n)
        words = [
            {
                "word": word, "z": 9.5, "log_odds": 3.1,
                "n_with": round(here * given), "n_without": round(there * (n - given)),
                **({"n_true": round(0.9 * here * given)} if people else {}),
            }
            for word, here, there in found.get(label, ())
            if min(given, n - given) >= 20
        ]  # fmt: skip
        rows.append({"label": label, "n": given, "n_others": n - given, "words": words})
    return rows


def timeline(
    shares: dict[str, list[float | None]], sizes: list[int], trends: dict[str, str | None], **more: object
) -> dict[str, object]:
    """Years from 2012 on, with each label's share in each; trends: the labels that moved, with that."""

    def half(label: str, later: bool) -> float:
        known = [share for share in shares[label] if share is not None]
        part = known[len(known) // 2 :] if later else known[: len(known) // 2]
        return round(sum(part) / len(part), 6)

    def end(label: str, pick: object) -> str:
        known = [(s, i) for i, s in enumerate(shares[label]) if s is not None and sizes[i] >= 20]
        return f"{2012 + pick(known)[1]}-01-01"  # type: ignore[operator]

    periods = []
    for i, n in enumerate(sizes):
        known = {label: s for label, line in shares.items() if (s := line[i]) is not None}
        around = {k: 1.96 * math.sqrt(max(s * (1 - s), 0.01) / max(n, 1)) for k, s in known.items()}
        spread = {k: [max(s - around[k], 0.0), min(s + around[k], 1.0)] for k, s in known.items()}
        start, until = f"{2012 + i}-01-01", f"{2013 + i}-01-01"
        held = {"label_share": known or None, "label_share_interval": spread or None}
        periods.append({"start": start, "end": until, "n": n, **held})
    tests = [
        {
            "label": label, "p_adjusted": 1e-6 if label in trends else 0.7, "trend": trends.get(label),
            "lowest": end(label, min), "highest": end(label, max),
            "earlier_half": half(label, later=False), "later_half": half(label, later=True),
        }
        for label in shares
    ]  # fmt: skip
    return {
        "unit": "year", "n": sum(sizes), "n_undated": 0, "first": "2012-03-01T00:00:00+00:00",
        "last": f"{2011 + len(sizes)}-11-01T00:00:00+00:00", "labels": list(shares), "few": 20,
        "periods": periods, "tests": tests, "moved": list(trends), **more,
    }  # fmt: skip


def years(trends: dict[str, str | None] | None = None, **more: object) -> dict[str, object]:
    """Twelve years of eight labels: neutral rises, love varies; a year without texts, one with few."""
    sizes = [12, 240, 310, 0, 420, 510, 640, 700, 820, 900, 760, 400]
    flat = {
        "curiosity": 0.05,
        "admiration": 0.04,
        "approval": 0.03,
        "gratitude": 0.02,
        "joy": 0.013,
        "fear": 0.004,
    }
    lines: dict[str, list[float | None]] = {
        "neutral": [0.52 + 0.025 * i for i in range(12)],
        "love": [0.03, 0.021, 0.018, 0.02, 0.09, 0.11, 0.028, 0.02, 0.025, 0.02, 0.03, 0.02],
        **{label: [s * (1 + 0.25 * math.sin(2.5 * i)) for i in range(12)] for label, s in flat.items()},
    }
    kept = {
        label: [s if n else None for s, n in zip(line, sizes, strict=True)] for label, line in lines.items()
    }
    found = {"neutral": "rising", "love": None} if trends is None else trends
    return timeline(kept, sizes, found, **more)


def groups(
    names: dict[str, int],
    moved: dict[str, list[float]],
    others: int = 0,
    column: str = "repo",
    **more: object,
) -> dict[str, object]:
    """Groups by name and size; moved: the labels that differ, with their share in each group."""

    def entry(name: str, n: int, place: int) -> dict[str, object]:
        share = {label: round(s, 6) for label, s in SHARES.items()}
        share |= {label: line[place] for label, line in moved.items() if place < len(line)}
        around = {k: 1.96 * math.sqrt(s * (1 - s) / n) for k, s in share.items()}
        spread = {k: [max(s - around[k], 0.0), min(s + around[k], 1.0)] for k, s in share.items()}
        top = {"neutral": share["neutral"], "admiration": 0.05, "others": round(0.95 - share["neutral"], 6)}
        return {
            "name": name, "n": n, "top_label_share": top, "no_label_share": 0.0, "confidence_mean": 0.5,
            "share_outside": 0.4, "label_share": share, "label_share_interval": spread,
        }  # fmt: skip

    shown = [entry(name, n, i) for i, (name, n) in enumerate(names.items())]
    large = [name for name, n in names.items() if n >= 50]

    def end(label: str, pick: object) -> str:
        line = moved.get(label, [SHARES[label]] * len(names))
        return pick(zip(line, large, strict=False))[1]  # type: ignore[operator]

    tests = [
        {"label": label, "p_adjusted": 1e-6 if label in moved else 0.8, "lowest": end(label, min),
         "highest": end(label, max)}
        for label in LABELS
    ] if len(large) > 1 else []  # fmt: skip
    rest = entry("others", others, 99) | {"n_groups": 31} if others else None
    return {
        "column": column, "way": "values", "n_groups": len(names) + (31 if others else 0), "n_missing": 0,
        "shown": shown, "others": rest, "tests": tests, "moved": list(moved) if tests else [],
        "top_neutral_p": (1e-6 if "neutral" in moved else 0.42) if tests else None, **more,
    }  # fmt: skip


REPOS = {
    "microsoft/PowerToys": 900,
    "vercel/next.js": 700,
    "facebook/react": 300,
    "jestjs/jest": 120,
    "a/b": 31,
}


def repos(**more: object) -> dict[str, object]:
    """Five groups and others: neutral and gratitude differ, the fifth group is too small."""
    unlike = {"neutral": [0.31, 0.42, 0.6, 0.7, 0.9], "gratitude": [0.02, 0.05, 0.09, 0.2, 0.4]}
    return groups(REPOS, unlike, 420, **more)


def score_strip(label: str, support: int, n: int = N, *, parted: bool = True) -> dict[str, object]:
    """A strip of 20 bins with its cut at .25: all true texts above it and all others below, or both alike."""
    edges = [round((i / 20) ** 2, 6) for i in range(21)]
    positive, negative = [0] * 20, [0] * 20
    negative[2] = n - support
    positive[18 if parted else 2] = support
    return {
        "label": label, "edges": edges, "positive": positive, "negative": negative, "threshold": 0.25,
        "positive_above": support if parted else 0, "negative_above": 0,
    }  # fmt: skip


def co_occurrence(
    n: int, pairs: tuple[tuple[str, str], ...] = (("annoyance", "anger"),), *, people: bool = False,
    size: int = 12,
) -> dict[str, object]:  # fmt: skip
    """The `size` most frequent labels; one text in twenty has any other, but `pairs` share a half."""
    labels = sorted(SHARES, key=lambda label: -SHARES[label])[:size]
    matrix = [
        [None if a == b else 0.5 if {a, b} in map(set, pairs) else 0.05 for b in labels] for a in labels
    ]
    sizes = [round(SHARES[label] * n) for label in labels]
    sure = [
        {"labels": list(pair), "n": round(0.03 * n), "expected": round(0.0021 * n, 6), "p_adjusted": 0.0001}
        for pair in pairs
    ]
    return {
        "labels": labels, "n": n, "given": matrix, "n_given": sizes, "pairs": sure,
        "true": matrix if people else None, "n_true": sizes if people else None,
        "true_pairs": sure if people else None,
    }  # fmt: skip


def likeness(names: list[str]) -> dict[str, object]:
    """Correlations and distances that grow apart with the place of a set, with intervals and noise."""
    size = range(len(names))

    def table(value: float, step: float, own: float | None) -> list[list[float | None]]:
        far = [round(min(value + step * away, 1.0), 6) for away in size]
        return [[own if i == j else far[abs(i - j)] for j in size] for i in size]

    def ends(value: float, step: float) -> list[list[list[float] | None]]:
        middle = table(value, step, None)
        return [
            [None if x is None else [round(x - 0.02, 6), round(x + 0.02, 6)] for x in row] for row in middle
        ]

    return {
        "names": names,
        "pearson": table(0.97, -0.02, 1.0), "pearson_interval": ends(0.97, -0.02),
        "pearson_emotions": table(0.5, -0.1, 1.0), "pearson_emotions_interval": ends(0.5, -0.1),
        "jensen_shannon": table(0.0, 0.12, 0.0), "jensen_shannon_interval": ends(0.0, 0.12),
        "noise": table(0.03, 0.0, None),
    }  # fmt: skip


def told_apart(
    n: int, auroc: float = 0.92, matched: float | None = 0.88, length: float = 0.72, explains: str = "no",
    half: float = 0.02, **more: object,
) -> dict[str, object] | None:  # fmt: skip
    """How well the distance tells n texts apart; None below 50, as nothing is compared then."""
    if n < 50:
        return None
    return {
        "auroc": interval(auroc, half), "fpr95": 0.25, "length_auroc": length,
        "matched": None if matched is None else interval(matched, half),
        "n_matched": 0 if matched is None else min(n, 4000),
        "lost": None if matched is None else interval(max(auroc - matched, 0.0), 0.01),
        "length_explains": explains, **more,
    }  # fmt: skip


def ridge(outside: float, n: int) -> dict[str, object]:
    """Counts of distances: the more lie outside, the farther to the right."""
    home = histogram(16.0, 4.0, 5426, top=50.0, bins=40)
    here = histogram(16.0 + 20.0 * outside, 5.0, max(n, 40), top=50.0, bins=40)
    alike = histogram(18.0, 4.0, 3000, top=50.0, bins=40)
    matched = histogram(16.0 + 20.0 * outside, 5.0, 3000, top=50.0, bins=40)
    return {
        "edges": home["edges"], "target": here["counts"], "reference": home["counts"],
        "matched_target": matched["counts"], "matched_reference": alike["counts"], "n_matched": 3000,
        "n_matched_far": 210, "cut": 25.0,
    }  # fmt: skip


def text_map(
    sizes: list[tuple[str, int]], share: float = 0.17, p: float = 0.003, **more: object
) -> dict[str, object]:
    """A map of domains, given as (name, number of texts), whose neighbours mix by this share."""
    dice = random.Random(7)
    sets, mixing = [], []
    for name, n in sizes:
        if n < 10:
            continue
        size = min(n, 40)
        sets.append(
            {
                "name": name, "n": n, "shown": size,
                "x": [round(dice.uniform(0.5, 1), 3) for _ in range(size)],
                "y": [round(dice.random(), 3) for _ in range(size)],
                "label": [dice.choice(LABELS) for _ in range(size)],
                "score": [round(dice.random(), 3) for _ in range(size)],
                "percentile": [round(dice.uniform(80, 100), 1) for _ in range(size)],
                "text": [f"text {i} of {name}" for i in range(size)], "id": [str(i) for i in range(size)],
                "reference_x": [round(dice.uniform(0, 0.5), 3) for _ in range(size)],
                "reference_y": [round(dice.random(), 3) for _ in range(size)],
            }
        )  # fmt: skip
        if n >= 50:
            mixing.append(
                {
                    "name": name, "n": min(n, 1000), "neighbours_reference": share, "expected": 0.5,
                    "low": 0.47, "high": 0.53, "p_adjusted": p, "in_picture": share + 0.02,
                    "p_at_floor": False,
                }
            )  # fmt: skip
    found = {"method": "planted", "neighbours": 10, "sets": sets, "mixing": mixing}
    return found | {"left_out": [name for name, n in sizes if n < 10]} | more
