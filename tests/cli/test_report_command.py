"""`goemox report` as a stranger types it, in a process of its own."""

import gzip
import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from forked import goemox

LABELS = ("joy", "anger", "neutral")


def write_study(folder, wrong):
    """200 labelled texts of which every `wrong`-th gets another label than it carries."""
    folder.mkdir(parents=True)
    rows = []
    for i in range(200):
        true, said = i % 3, (i + (i % wrong == 0)) % 3
        scores = [0.05, 0.05, 0.05]
        scores[said] = 0.9
        rows.append(
            {"domain": "hand.csv", "id": str(i), "text_hash": f"{i:012x}", "labels": [LABELS[said]],
             "scores": scores, "domain_percentile": 50.0, "true_labels": [LABELS[true]]}
        )  # fmt: skip
    share = {label: sum(label in row["labels"] for row in rows) / 200 for label in LABELS}
    report = {
        "schema": "goemox.report/1", "goemox_version": "0.1.0", "seed": 0,
        "created_at": "2026-11-23T22:00:00Z",
        "model": {"name": f"wrong-{wrong}", "sha256": f"{wrong:064x}", "labels": LABELS, "thresholds": {}},
        "in_domain": {
            "dataset": "hand.csv", "split": "all rows", "measured": "now", "n": 200, "label_share": share,
            "metrics": {"macro_f1": {"value": 0.5, "low": 0.4, "high": 0.6}}, "per_label": [],
        },
        "domains": [], "findings": [], "warnings": [],
    }  # fmt: skip
    (folder / "report.json").write_text(json.dumps(report))
    with gzip.open(folder / "rows.jsonl.gz", "wt") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    root = tmp_path_factory.mktemp("report")
    write_study(root / "good", 10)
    write_study(root / "bad", 3)
    (root / "no.json").write_text("{")
    (root / "report.html").write_text("<!doctype html>")
    (root / "other.json").write_text('{"schema": "goemox.comparison/1"}')
    (root / "newer.json").write_text('{"schema": "goemox.report/9"}')
    (root / "list.json").write_text('{"schema": "goemox.report/1", "model": []}')
    return root


def test_a_comparison_is_a_page_beside_the_second_report(studies):
    done = goemox("report", "--compare", "good/report.json", "bad", cwd=studies)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(Path("bad", "comparison.html"))
    page = (studies / "bad" / "comparison.html").read_text(encoding="utf-8")
    assert "B is worse than A in domain." in page
    assert "default-src &#39;none&#39;" in page


def test_markdown_and_json_go_to_stdout_or_where_they_are_told(studies, tmp_path):
    done = goemox("report", "--compare", "good", "bad", "--markdown", cwd=studies)
    assert done.stdout.startswith("## B is worse than A in domain.")
    told = tmp_path / "x.json"
    done = goemox("report", "--compare", "bad", "good", "--json", "-o", told, cwd=studies)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    content = json.loads(told.read_text())
    assert content["schema"] == "goemox.comparison/1"
    assert content["in_domain"]["verdict"] == "better"


@pytest.mark.parametrize(("pair", "code"), [(("good", "bad"), 3), (("bad", "good"), 0), (("bad", "bad"), 0)])
def test_the_gate_of_ci_fails_only_where_b_is_surely_worse(studies, pair, code):
    done = goemox("report", "--compare", *pair, "--fail-if-worse", "--markdown", cwd=studies)
    assert done.returncode == code
    assert done.stdout.startswith("## ")  # what was asked for is printed first, whatever the gate says
    assert ("--fail-if-worse: B is worse in Macro-F1" in done.stderr) == (code == 3)


def test_a_gate_with_nothing_to_judge_by_does_not_pass(studies, tmp_path):
    report = json.loads((studies / "good" / "report.json").read_text()) | {"in_domain": None}
    (tmp_path / "report.json").write_text(json.dumps(report))
    done = goemox("report", "--compare", tmp_path, studies / "good", "--fail-if-worse", "--markdown")
    assert done.returncode == 4
    assert "nothing to compare" in done.stderr


@pytest.mark.parametrize(
    ("pair", "code"), [(("bad", "fitted"), 4), (("fitted", "bad"), 4), (("good", "fitted"), 3)]
)
def test_the_gate_does_not_judge_by_texts_that_the_better_rule_was_fitted_on(studies, tmp_path, pair, code):
    """fitted: the good study, which is better on its own rows; then the bad one, which is worse even so."""
    of = "bad" if code == 3 else "good"
    shutil.copytree(studies / of, tmp_path / "fitted")
    report = json.loads((tmp_path / "fitted" / "report.json").read_text())
    report["in_domain"]["n_fitted_on"] = report["in_domain"]["n"]
    (tmp_path / "fitted" / "report.json").write_text(json.dumps(report))
    named = [tmp_path / name if name == "fitted" else studies / name for name in pair]
    done = goemox("report", "--compare", *named, "--fail-if-worse", "--markdown")
    assert done.returncode == code
    assert ("--fail-if-worse has nothing to judge by. That cannot be told" in done.stderr) == (code == 4)


def test_without_rows_it_still_compares_and_says_how_to_get_pairs(studies, tmp_path):
    (tmp_path / "report.json").write_bytes((studies / "good" / "report.json").read_bytes())
    done = goemox("report", "--compare", tmp_path, studies / "bad", "--markdown")
    assert done.returncode == 0, done.stderr
    assert "There is no rows.jsonl.gz beside A" in done.stdout
    assert "Keep rows.jsonl.gz beside every report.json" in done.stdout


def test_figures_are_svg_files_that_can_be_parsed(studies, tmp_path):
    done = goemox(
        "report", "--compare", "good", "bad", "--figures", tmp_path / "f", "--markdown", cwd=studies
    )
    assert done.returncode == 0, done.stderr
    files = sorted((tmp_path / "f").iterdir())
    assert [file.name for file in files] == ["fig-label-f1.svg", "fig-quality.svg"]
    assert "2 figures in" in done.stderr
    for file in files:
        ElementTree.fromstring(file.read_text(encoding="utf-8"))


def test_a_report_is_drawn_again_as_page_markdown_and_figures(studies, tmp_path):
    done = goemox("report", "good", "-o", tmp_path / "page.html", "--figures", tmp_path / "f", cwd=studies)
    assert done.returncode == 0, done.stderr
    assert "Study of wrong-10" in (tmp_path / "page.html").read_text(encoding="utf-8")
    done = goemox("report", "good/report.json", "--markdown", "-o", tmp_path / "x.md", cwd=studies)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert (tmp_path / "x.md").read_text(encoding="utf-8").startswith("## Study of wrong")


def test_the_schema_is_printed():
    done = goemox("report", "--schema")
    assert json.loads(done.stdout)["title"] == "goemox.report/1"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "name one of them"),
        (("good", "--compare", "good", "bad"), 2, "name only one of them"),
        (("--compare", "good"), 2, "--compare needs 2 values"),
        (("good", "--json"), 2, "--json is for --compare"),
        (("good", "--fail-if-worse"), 2, "--fail-if-worse is for --compare"),
        (("--compare", "good", "bad", "--json", "--markdown"), 2, "two forms of the same"),
        (("--schema", "--markdown"), 2, "leave --markdown out"),
        (("good", "-o", "good/report.json"), 2, "nothing was written"),
        (("--compare", "good", "bad", "-o", "good/report.json"), 2, "nothing was written"),
        (("good", "--figures", "no.json"), 2, "is a file"),
        (("nowhere.json",), 4, "no such file"),
        (("no.json",), 4, "not JSON"),
        (("report.html",), 4, "name the report.json that lies beside it"),
        (("other.json",), 4, "not a report of `goemox study`"),
        (("newer.json",), 4, "newer goemox (goemox.report/9)"),
        (("list.json",), 4, "model must be an object"),
        (("--compare", "good", "list.json"), 4, "labels must be a list"),
        (("--compare", "newer.json", "good"), 4, "upgrade it"),
    ],
)
def test_a_call_that_cannot_work_says_why(studies, arguments, code, message):
    done = goemox("report", *arguments, cwd=studies)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
