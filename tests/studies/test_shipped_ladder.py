"""The ladder that ships in short: what was measured, and only for the model that it ends in."""

import json
from pathlib import Path

import goemox
from goemox.studies.ladder import bundled_ladder, short_ladder

MEASURED = Path(__file__).resolve().parents[2] / "docs" / "results" / "ladder.json"


def test_the_shipped_ladder_is_the_measured_one_in_short(classifier):
    measured = json.loads(MEASURED.read_text())
    sha256 = classifier.scorer.sha256
    assert bundled_ladder(sha256) == short_ladder(measured, sha256)
    shipped = bundled_ladder(sha256)
    assert [rung["macro_f1"]["mean"] for rung in shipped["rungs"]] == [
        rung["summary"]["macro_f1"]["mean"] for rung in measured["rungs"]
    ]
    assert not shipped["quick"]


def test_another_model_has_no_ladder():
    assert bundled_ladder("ab" * 32) is None


def test_a_study_of_the_bundled_model_carries_the_ladder(tmp_path):
    (tmp_path / "one.txt").write_text("Only one text stands here\n", encoding="utf-8")
    report = goemox.study(domains={"one": tmp_path / "one.txt"}).to_dict()
    assert report["ladder"]["rungs"][0]["title"] == "naive"
