"""What got better or worse between two studies, on planted ones whose answer is known."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from goemox.comparison import StudyOnDisk, compare_studies, read_study
from goemox.comparison.quality import compare_quality
from goemox.comparison.study_on_disk import LabelledSet
from goemox.errors import InvalidInput
from goemox.evaluation.paired import paired_bootstrap
from goemox.evaluation.sample import LabelledSample

LABELS = ("joy", "anger", "neutral")


def compare(a, b):
    return compare_studies(read_study(a), read_study(b))


def verdicts(content):
    return {row["metric"]: row["verdict"] for row in content["in_domain"]["metrics"]}


def test_a_study_against_itself_differs_in_nothing(planted_studies):
    a = planted_studies.write("a")
    content = compare(a, a / "report.json")
    assert content["in_domain"]["verdict"] == "same"
    assert set(verdicts(content).values()) == {"same"}
    (domain,) = content["domains"]
    assert domain["verdict"] == "same"
    assert domain["changed"]["n"] == 0
    assert domain["moves"] == domain["rows"] == []


def test_more_noise_is_worse_and_less_is_better_whichever_way_a_figure_counts(planted_studies):
    good, bad = planted_studies.write("good", 2.0), planted_studies.write("bad", 4.0, seed=2)
    there, back = compare(good, bad), compare(bad, good)
    assert there["in_domain"]["verdict"] == "worse"
    assert back["in_domain"]["verdict"] == "better"
    for metric in ("macro_f1", "brier", "nll"):  # Brier and NLL: lower is better
        assert verdicts(there)[metric] == "worse"
        assert verdicts(back)[metric] == "better"


def test_other_noise_of_the_same_strength_is_no_finding(planted_studies):
    content = compare(planted_studies.write("one", 1.2, seed=5), planted_studies.write("two", 1.2, seed=6))
    assert content["in_domain"]["verdict"] == "within chance"
    assert "better" not in verdicts(content).values()


def test_models_of_one_strength_are_rarely_called_better_or_worse(planted_studies):
    """40 pairs: a verdict below .05 after Holm's correction errs in about 1 of 20 comparisons at most."""
    generator, called = np.random.default_rng(11), []
    for i in range(40):
        truth = generator.random((300, 3)) < (0.3, 0.2, 0.5)
        sides = []
        for side in range(2):
            scores = planted_studies.answers(truth, 2.0, 1000 * side + i).astype(np.float32)
            texts = LabelledSet(
                tuple(map(str, range(300))), ("",) * 300, scores, scores >= 0.5, np.full(300, np.nan), truth,
                np.ones_like(truth),
            )  # fmt: skip
            report = {"in_domain": {"dataset": "x", "split": "y", "n": 300}}
            sides.append(StudyOnDisk(Path("x"), report, LABELS, texts, {}, Path("y")))
        called.append(compare_quality(*sides, LABELS, seed=i)["verdict"])
    assert (
        sum(verdict != "within chance" for verdict in called) <= 7
    )  # of 60; P(8 or more) = .01 at one in 20


def test_figures_equal_the_paired_bootstrap_on_the_same_rows(planted_studies):
    a, b = read_study(planted_studies.write("p", 1.0)), read_study(planted_studies.write("q", 1.5, seed=2))
    one, other = (
        LabelledSample(s.labels, np.clip(h.scores, 5e-5, 1 - 5e-5), h.decided, h.truth, h.judged)
        for s in (a, b)
        for h in (s.in_domain,)
    )
    expected = paired_bootstrap(other, one).metrics["micro_f1"]
    (row,) = (r for r in compare_studies(a, b)["in_domain"]["metrics"] if r["metric"] == "micro_f1")
    assert (row["a"], row["b"]) == (round(expected.other, 6), round(expected.value, 6))
    assert (row["low"], row["high"]) == (round(expected.low, 6), round(expected.high, 6))


def test_a_lower_cut_changes_shares_outside_and_says_which_way(planted_studies):
    content = compare(planted_studies.write("a"), planted_studies.write("cut", cuts=(0.2, 0.5, 0.5)))
    (domain,) = content["domains"]
    moved = {row["label"]: row["verdict"] for row in domain["label_share"]}
    assert moved == {"joy": "more", "anger": "same", "neutral": "same"}
    assert domain["verdict"] == "changed"
    assert domain["score_change"] == {"mean": 0.0, "largest": 0.0}
    joy = next(row for row in domain["label_share"] if row["label"] == "joy")
    assert joy["low"] < joy["difference"] < joy["high"]
    assert domain["changed"]["n"] == round(joy["difference"] * domain["n"])


def test_rows_of_other_ids_are_compared_unpaired_with_wider_intervals(planted_studies):
    a, cut = planted_studies.write("a"), {"cuts": (0.2, 0.5, 0.5)}
    paired = compare(a, planted_studies.write("near", **cut))["domains"][0]
    apart = compare(a, planted_studies.write("far", start=10_000, **cut))["domains"][0]
    assert (paired["paired"], apart["paired"]) == (True, False)
    assert apart["pairs"]["n_matched"] == 0
    assert apart["pairs"]["n_only_a"] == apart["pairs"]["n_only_b"] == 300
    (one, *_), (other, *_) = paired["label_share"], apart["label_share"]
    assert one["difference"] == pytest.approx(other["difference"], abs=1e-6)
    assert other["high"] - other["low"] > one["high"] - one["low"]


def test_the_same_id_with_another_text_is_no_pair(planted_studies):
    s = planted_studies
    p = s.answers(s.truth, 1.0, 1)[:100]
    one, other = (s.rows_of("mine", p, (0.5,) * 3) for _ in range(2))
    for row in other[:30]:
        row["text_hash"] = "f" * 12
    a, b = (s.write_study(s.root / n, None, {"mine": rows}) for n, rows in (("h1", one), ("h2", other)))
    pairs = compare(a, b)["domains"][0]["pairs"]
    assert (pairs["n_matched"], pairs["n_changed_text"], pairs["by_text"]) == (70, 30, True)


def test_rows_without_hashes_are_paired_by_id_and_that_is_said(planted_studies):
    s = planted_studies
    rows = s.rows_of("mine", s.answers(s.truth, 1.0, 1)[:100], (0.5,) * 3, hashes=False)
    a = s.write_study(s.root / "old", None, {"mine": rows})
    assert compare(a, a)["domains"][0]["pairs"]["by_text"] is False


def test_row_numbers_that_shifted_are_matched_by_the_texts_themselves(planted_studies):
    p = planted_studies.answers(planted_studies.truth[:100], 1.0, 1)
    rows = planted_studies.rows_of("mine", p, (0.5, 0.5, 0.5))
    shorter = [
        row | {"id": str(i)} for i, row in enumerate(row for row in rows if row["id"] not in ("3", "9"))
    ]
    a = planted_studies.write_study(planted_studies.root / "all rows", None, {"mine": rows})
    b = planted_studies.write_study(planted_studies.root / "two less", None, {"mine": shorter})
    (domain,) = compare(a, b)["domains"]
    assert domain["n"] == 98
    assert domain["pairs"]["renumbered"]
    assert (domain["pairs"]["n_only_a"], domain["pairs"]["n_only_b"]) == (2, 0)


def test_texts_that_go_by_other_ids_in_the_second_study_are_matched_by_the_texts_themselves(planted_studies):
    s = planted_studies
    p = s.answers(s.truth, 1.0, 1)[:100]
    numbered, named = (
        s.rows_of("mine", p, (0.5,) * 3, ids=[f"{key}{i}" for i in range(100)]) for key in ("", "ticket-")
    )
    a, b = (s.write_study(s.root / n, None, {"mine": rows}) for n, rows in (("no", numbered), ("id", named)))
    (domain,) = compare(a, b)["domains"]
    assert (domain["paired"], domain["n"], domain["verdict"]) == (True, 100, "same")
    assert domain["pairs"]["renumbered"]


def test_an_id_that_repeats_is_matched_with_nothing_where_rows_do_not_say_their_text(planted_studies):
    s = planted_studies
    p = s.answers(s.truth, 1.0, 1)[:100]
    rows = s.rows_of("mine", p, (0.5,) * 3, ids=["same", "same", *map(str, range(98))], hashes=False)
    a = s.write_study(s.root / "twice", None, {"mine": rows})
    pairs = compare(a, a)["domains"][0]["pairs"]
    assert (pairs["n_matched"], pairs["n_repeated"]) == (98, 2)


def test_rows_whose_truth_was_corrected_are_left_out_and_counted(planted_studies):
    s = planted_studies
    p = s.answers(s.truth, 1.0, 1)[:200]
    truth = s.truth[:200].copy()
    truth[:20, 0] = ~truth[:20, 0]
    one, other = (s.rows_of("hand.csv", p, (0.5,) * 3, t) for t in (s.truth[:200], truth))
    a, b = (s.write_study(s.root / n, rows, {}) for n, rows in (("t1", one), ("t2", other)))
    home = compare(a, b)["in_domain"]
    assert (home["n"], home["pairs"]["n_changed_truth"], home["verdict"]) == (180, 20, "same")


def test_without_rows_the_reports_intervals_are_used_and_are_wider(planted_studies):
    def home(f1, half):
        return {
            "dataset": "x", "split": "test", "n": 400, "label_share": {}, "per_label": [],
            "metrics": {"macro_f1": {"value": f1, "low": f1 - half, "high": f1 + half}},
        }  # fmt: skip

    s = planted_studies
    a, b, c = (
        s.write_study(s.root / f"r{i}", None, {}, with_rows=False, in_domain=home(f1, 0.02))
        for i, f1 in enumerate((0.50, 0.52, 0.60))
    )
    (near,), (far,) = (compare(a, other)["in_domain"]["metrics"] for other in (b, c))
    assert near["verdict"] == "within chance"
    assert far["verdict"] == "better"
    assert far["high"] - far["low"] == pytest.approx(0.04 * 2**0.5, abs=1e-6)
    assert compare(a, a)["in_domain"]["verdict"] == "same"


def test_figures_measured_on_other_texts_get_no_verdict(planted_studies):
    s, figures = planted_studies, {"macro_f1": {"value": 0.5, "low": 0.49, "high": 0.51}}
    home = {"dataset": "x", "split": "test", "n": 400, "label_share": {}, "per_label": [], "metrics": figures}
    better = home | {"metrics": {"macro_f1": {"value": 0.9, "low": 0.89, "high": 0.91}}}
    few = {"mine": s.rows_of("mine", s.answers(s.truth[:20], 1.0, 1), (0.5,) * 3)}
    a = s.write_study(s.root / "o1", None, few, with_rows=False, in_domain=home)
    for change in ({"dataset": "y"}, {"n": 300}):
        b = s.write_study(s.root / "o2", None, few, with_rows=False, in_domain=better | change)
        found = compare(a, b)["in_domain"]
        assert found["verdict"] == "unknown"
        assert found["metrics"][0]["verdict"] == "not tested"
        assert found["metrics"][0]["difference"] == pytest.approx(0.4)


def test_too_few_texts_get_no_verdict(planted_studies):
    s = planted_studies
    p = s.answers(s.truth, 1.0, 1)[:20]
    a = s.write_study(s.root / "few1", None, {"mine": s.rows_of("mine", p, (0.5,) * 3)})
    b = s.write_study(s.root / "few2", None, {"mine": s.rows_of("mine", p, (0.01,) * 3)})
    (domain,) = compare(a, b)["domains"]
    assert (domain["paired"], domain["verdict"]) == (False, "unknown")
    assert {row["verdict"] for row in domain["label_share"]} == {"not tested"}


def test_another_calibration_of_one_graph_is_another_rule(planted_studies):
    model = {
        "name": "planted", "sha256": "ab" * 32, "labels": list(planted_studies.labels), "calibrated": True,
        "thresholds": dict.fromkeys(planted_studies.labels, 0.5), "fallback": "none", "conformal": None,
    }  # fmt: skip
    maps = {label: [1.0, 0.5, 0.0] for label in planted_studies.labels}
    a = planted_studies.write("ruled", model=model | {"calibrators": maps, "conformal": {"alpha": 0.1}})
    b = planted_studies.write("refitted", model=model | {"calibrators": maps | {"joy": [1.1, 0.5, 0.0]}})
    found = compare(a, b)["comparable"]
    assert found["same_model"]
    assert not found["same_calibration"]
    assert found["calibrators_changed"] == ["joy"]
    assert not found["same_conformal"]
    assert compare(planted_studies.write("silent"), b)["comparable"]["same_calibration"] is None


def test_figures_of_too_few_texts_that_differ_are_not_called_the_same(planted_studies):
    def home(macro):
        metrics = {"macro_f1": {"value": macro}, "mean_average_precision": {"value": 0.5}}
        return {"dataset": "hand.csv", "split": "all rows", "n": 30, "metrics": metrics, "per_label": []}

    a, b = (
        planted_studies.write_study(
            planted_studies.root / f"few{i}", None, {}, with_rows=False, in_domain=home(macro)
        )
        for i, macro in enumerate((0.4437, 0.4512))
    )
    assert compare(a, b)["in_domain"]["verdict"] == "unknown"


def test_models_with_other_labels_are_compared_on_what_they_share(planted_studies):
    s = planted_studies
    a = s.write("a")
    report = json.loads((a / "report.json").read_text())
    b = s.root / "renamed"
    b.mkdir(exist_ok=True)
    for part in (report, report["in_domain"], *report["domains"]):
        if "label_share" in part:
            part["label_share"]["calm"] = part["label_share"].pop("neutral")
    report["model"]["labels"] = ["calm", "joy", "anger"]
    (b / "report.json").write_text(json.dumps(report))
    with gzip.open(a / "rows.jsonl.gz", "rt") as lines, gzip.open(b / "rows.jsonl.gz", "wt") as out:
        for line in lines:
            row = json.loads(line.replace('"neutral"', '"calm"'))
            row["scores"] = [row["scores"][2], *row["scores"][:2]]
            out.write(json.dumps(row) + "\n")
    content = compare(a, b)
    assert content["comparable"]["labels"] == ["joy", "anger"]
    assert content["comparable"]["labels_only_b"] == ["calm"]
    assert content["in_domain"]["verdict"] == "same"


def test_studies_without_a_text_in_common_are_refused_with_the_ways_to_compare(planted_studies):
    s = planted_studies
    p = s.answers(s.truth[:60], 1.0, 1)
    a, b = (
        s.write_study(s.root / f"of {n}", None, {n: s.rows_of(n, p, (0.5,) * 3)}) for n in ("cats", "dogs")
    )
    with pytest.raises(InvalidInput, match=r"no set of texts is in both .* cats; .* dogs.*--group-by COLUMN"):
        compare(a, b)


def test_models_without_a_common_label_are_refused(planted_studies):
    a = planted_studies.write("a")
    b = planted_studies.write_study(planted_studies.root / "x", None, {}, with_rows=False, labels=("x", "y"))
    with pytest.raises(InvalidInput, match="no label in common"):
        compare(a, b)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ('{"schema": "goemox.report/1"', "not JSON"),
        ("[1]", "not a report"),
        ('{"schema": "goemox.comparison/1"}', "not a report.*goemox.comparison/1"),
        ('{"schema": "goemox.report/2"}', "newer goemox.*upgrade"),
        ('{"schema": "goemox.report/1"}', "labels must be a list"),
        ('{"schema": "goemox.report/1", "model": []}', "labels must be a list"),
        ('{"schema": "goemox.report/1", "model": [1]}', "model must be an object"),
        ('{"schema": "goemox.report/1", "domains": {"a": 1}}', "domains must be a list of objects"),
        ('{"schema": "goemox.report/1", "domains": [1]}', "domains must be a list of objects"),
        ('{"schema": "goemox.report/1", "domains": [{"label_share": [1]}]}', "label_share must be an object"),
        ('{"schema": "goemox.report/1", "in_domain": "x"}', "in_domain must be an object"),
        ('{"schema": "goemox.report/1", "in_domain": {"n": "many"}}', "n must be a number of texts"),
        ('{"schema": "goemox.report/1", "in_domain": {"per_label": [3]}}', "per_label must be a list"),
        ('{"schema": "goemox.report/1", "in_domain": {"metrics": [3]}}', "metrics must be an object"),
    ],
)
def test_a_document_that_is_no_report_is_refused_with_the_reason(tmp_path, text, words):
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(InvalidInput, match=words):
        read_study(tmp_path)


def test_a_missing_report_is_named_with_its_nearest_name(tmp_path):
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(InvalidInput, match=r"no such file; did you mean .*report\.json"):
        read_study(tmp_path / "reprot.json")


def test_rows_cut_off_in_the_middle_are_refused(planted_studies, tmp_path):
    a = planted_studies.write("torn", folder=tmp_path)
    packed = (a / "rows.jsonl.gz").read_bytes()
    (a / "rows.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InvalidInput, match="damaged or cut off"):
        read_study(a)


def test_rows_of_another_study_are_refused(planted_studies, tmp_path):
    a, b = (planted_studies.write(n, seed=i, folder=tmp_path) for i, n in enumerate("ab"))
    (a / "rows.jsonl.gz").write_bytes((b / "rows.jsonl.gz").read_bytes())
    with pytest.raises(InvalidInput, match=r"not the rows of .*report\.json \((mine|the in-domain set): "):
        read_study(a)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"domain": "mine", "id": 3, "labels": [], "scores": [0, 0, 0]}',
        '{"domain": "mine", "id": "3", "labels": [], "scores": [0, 0]}',
        '{"domain": "mine", "id": "3", "labels": [], "scores": [0, 0, 2]}',
        '{"domain": "mine", "id": "3", "labels": ["x"], "scores": [0, 0, 1]}',
        '{"domain": "mine", "id": "3", "labels": [["x"]], "scores": [0, 0, 1]}',
    ],
)
def test_a_row_that_cannot_be_one_is_refused_with_its_line(planted_studies, tmp_path, line):
    a = planted_studies.write("bad", folder=tmp_path)
    with gzip.open(a / "rows.jsonl.gz", "wt") as out:
        out.write(line + "\n")
    with pytest.raises(InvalidInput, match=r"rows\.jsonl\.gz: line 1"):
        read_study(a)


def test_a_comparison_tells_what_each_rule_was_fitted_on_and_each_distance_measured_from(planted_studies):
    a, b = planted_studies.write("told-a"), planted_studies.write("told-b")
    report = json.loads((b / "report.json").read_text("utf-8"))
    reference = {"name": "the domain that it was adapted to", "n": 151, "is_own": True}
    report["in_domain"] |= {"n_fitted_on": 400, "n_informative": 3}
    report["domains"][0]["reference"] = reference
    (b / "report.json").write_text(json.dumps(report), encoding="utf-8")
    content = compare(a, b)
    home, (domain,) = content["in_domain"], content["domains"]
    assert (home["n_fitted_on_a"], home["n_fitted_on_b"]) == (0, 400)
    assert (home["n_informative_a"], home["n_informative_b"], home["n_suggested_b"]) == (0, 3, 0)
    assert (domain["reference_a"], domain["reference_b"]) == (None, reference)


@pytest.mark.parametrize(("side", "order", "verdict"), [
    ("good", ("bad", "good"), "unknown"),
    ("good", ("good", "bad"), "unknown"),
    ("bad", ("good", "bad"), "worse"),
])  # fmt: skip
def test_a_side_is_not_better_on_texts_that_its_own_rule_was_fitted_on(
    planted_studies, tmp_path, side, order, verdict
):
    """side: whose rule was fitted on 100 of the texts; where it is the worse one even so, that stands."""
    for name, noise in (("good", 2.0), ("bad", 4.0)):
        planted_studies.write(name, noise, seed=int(noise), folder=tmp_path)
    place = tmp_path / side / "report.json"
    report = json.loads(place.read_text("utf-8"))
    report["in_domain"]["n_fitted_on"] = 100
    place.write_text(json.dumps(report), encoding="utf-8")
    home = compare(*(tmp_path / name for name in order))["in_domain"]
    assert home["verdict"] == verdict
    for rows in (home["metrics"], home["per_label"]):
        assert verdict in {row["verdict"] for row in rows}
        assert "better" not in {row["verdict"] for row in rows}


def test_without_rows_figures_over_other_labels_get_no_verdict(planted_studies):
    sure = {
        "macro_f1": {"value": 0.5, "low": 0.49, "high": 0.51},
        "nll": {"value": 0.2, "low": 0.19, "high": 0.21},
    }
    better = {name: {key: 1.2 * end for key, end in each.items()} for name, each in sure.items()}
    sides = []
    for name, metrics, labels in (
        ("a", sure, LABELS),
        ("b", better, LABELS),
        ("c", better, (*LABELS, "envy")),
    ):
        folder = planted_studies.write(name, with_rows=False, labels=labels)
        report = json.loads((folder / "report.json").read_text("utf-8"))
        report["in_domain"]["metrics"] = metrics
        (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
        sides.append(folder)
    same, other = (compare(sides[0], side)["in_domain"] for side in sides[1:])
    assert (same["verdict"], other["verdict"]) == ("mixed", "unknown")
    assert {row["verdict"] for row in other["metrics"]} == {"not tested"}
