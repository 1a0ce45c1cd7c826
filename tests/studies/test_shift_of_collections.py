import json
import shutil

import numpy as np
import polars as pl
import pytest

import goemox
from goemox.data.goemotions import read_split
from goemox.errors import InvalidInput, UsageError
from goemox.model_folder import SUMS, default_folder, write_sums
from goemox.records import TextRecord
from goemox.studies import shift_study

TITLES = [f"Release notes of library number {i}: faster builds and a new parser" for i in range(80)]
THINGS = "dog movie day song idea house game book town story coat cake road team".split()  # noqa: SIM905
SAID = ("I love this {}", "What a sad {}", "Thanks for the {}!", "I hate that {}", "That {} scares me")
FEELINGS = [said.format(thing) for said in SAID for thing in THINGS]


@pytest.fixture(scope="module")
def titles():
    return shift_study("model", {"titles": TITLES})


def test_a_table_is_refused_wherever_texts_or_a_model_are_expected():
    table = pl.DataFrame({"text": ["fine"]})
    with pytest.raises(InvalidInput, match="a DataFrame is no list of texts; give one column of it"):
        goemox.study(domains={"mine": table}, offline=True)
    with pytest.raises(InvalidInput, match="a DataFrame is no list of texts; give one column of it"):
        goemox.shift(table, ["fine"])
    with pytest.raises(InvalidInput, match="text 2 is empty or no text"):
        goemox.study(domains={"mine": ["fine", None]}, offline=True)
    with pytest.raises(UsageError, match="the path of a model folder, not a DataFrame"):
        goemox.study(table)


def test_a_study_of_shift_is_json_with_the_answers_first(titles):
    content = json.loads(json.dumps(titles.to_dict(), allow_nan=False))
    assert content["schema"] == "goemox.shift/1"
    assert content["reference"] == {"name": "the model's own domain", "n": 5426}
    (entry,) = content["targets"]
    assert entry["answers"][0].startswith("Was it collapse, or is it the texts?")
    assert entry["neutral"]["home"] == pytest.approx(0.3255, abs=1e-3)
    assert entry["tests"]["whole"]["classifier"]["auroc"]["value"] > 0.9
    assert entry["profile"]["n_same"] == 0


def test_a_shift_report_shows_itself_in_a_line(titles):
    (report,) = titles.reports
    assert repr(report) == (
        "<ShiftReport('titles': 80 texts against the model's own domain); to_dict() holds all figures>"
    )


def test_a_file_is_read_from_the_column_that_python_names(tmp_path):
    (tmp_path / "t.csv").write_text("first,second\n" + "".join(f"x,{text}\n" for text in FEELINGS))
    assert len(FEELINGS) == goemox.shift("model", tmp_path / "t.csv", text_column="second").n
    with pytest.raises(InvalidInput, match=r"text_column= in Python"):
        goemox.shift("model", tmp_path / "t.csv", text_column="third")


def test_feelings_are_called_less_neutral_than_titles(titles):
    feelings = goemox.shift("model", FEELINGS)
    assert feelings.neutral.expected < 0.3 < titles.reports[0].neutral.expected
    assert feelings.evidence["median"] > titles.reports[0].evidence["median"]


def test_the_same_call_gives_the_same_numbers(titles):
    assert shift_study("model", {"titles": TITLES}).to_dict() == titles.to_dict()


def test_texts_of_a_reference_file_are_dropped_from_the_target_and_counted(tmp_path):
    (tmp_path / "reference.txt").write_text("\n".join(FEELINGS))
    told = []
    report = goemox.shift(
        tmp_path / "reference.txt", [*TITLES, *(text.upper() for text in FEELINGS[:7])], notice=told.append
    )
    assert (report.n, report.n_overlap) == (80, 7)
    assert any("they also stand in reference.txt: 7" in line for line in told)
    assert report.tests["n_reference"] == len(FEELINGS)
    assert report.neutral.home_is_labelled is False
    assert report.distance["told_apart"]["auroc"]["value"] > 0.9
    known = {"name": "reference.txt", "n": len(FEELINGS), "is_own": False, "n_shared": 0}
    assert report.reference == known


def test_a_reference_of_a_few_texts_is_refused():
    with pytest.raises(InvalidInput, match="a reference needs 50 different texts or more, this one has 1"):
        goemox.shift(["hello"] * 300, TITLES)


def test_a_model_that_decides_label_by_label_is_not_taken_for_a_naive_one():
    with pytest.raises(InvalidInput, match="not a naive model"):
        shift_study("model", {"titles": TITLES}, naive="default")


def test_a_large_reference_file_is_used_whole_and_has_a_distance_of_its_own():
    generator = np.random.default_rng(0)
    words = [*THINGS, "the", "a", "on", "under", "big"]
    texts = [" ".join(generator.choice(words, 5)) for _ in range(2600)]
    report = goemox.shift(texts[:2400], texts[2400:])
    assert report.tests["n_reference"] == 2400
    assert report.distance["told_apart"]["auroc"]["value"] == pytest.approx(0.5, abs=0.08)
    assert report.tests["moved"] == []


def test_a_target_that_lies_wholly_in_the_reference_is_refused():
    with pytest.raises(InvalidInput, match="stand in the reference"):
        goemox.shift(FEELINGS, FEELINGS)


@pytest.mark.data
def test_reference_texts_are_known_again_by_their_words_alone(goemox_data):
    rows = read_split(goemox_data / "goemotions", "dev")[:300]
    report = goemox.shift("model", [*rows, *(TextRecord(f"t{i}", t) for i, t in enumerate(TITLES))])
    long = sum(len(set(row.text.lower().split())) >= 7 for row in rows)
    assert report.n_overlap >= long
    assert report.n >= 80


@pytest.mark.parametrize(
    ("target", "message"), [([], "no texts"), (["fine", " "], "text 2 is empty"), (["a", None], "text 2")]
)
def test_texts_that_are_none_are_refused(target, message):
    with pytest.raises(InvalidInput, match=message):
        goemox.shift("model", target)


def test_one_text_over_and_over_is_one_text():
    report = goemox.shift("model", ["build fails"] * 200)
    assert (report.n, report.n_duplicates) == (1, 199)
    assert report.tests["available"] is False


def test_prevalence_can_only_be_corrected_against_labelled_texts():
    report = goemox.shift("model", TITLES, correct_prevalence=True)
    assert len(report.prevalence.labels) == 28
    with pytest.raises(InvalidInput, match="nobody labelled the reference"):
        goemox.shift(FEELINGS, TITLES, correct_prevalence=True)


def test_a_model_without_a_reference_compares_nothing_and_says_so(tmp_path):
    folder = tmp_path / "plain"
    shutil.copytree(default_folder(), folder)
    (folder / "reference.safetensors").unlink()
    write_sums(folder)
    study = shift_study("model", {"titles": TITLES}, model=folder)
    (entry,) = study.to_dict()["targets"]
    assert entry["tests"]["available"] is False
    assert "is not known" in " ".join(entry["answers"])


def test_a_naive_model_is_asked_about_the_same_texts(tmp_path):
    folder = tmp_path / "naive"
    shutil.copytree(default_folder(), folder)
    for name in ("goemox.json", "reference.safetensors", "evaluation.json", SUMS):
        (folder / name).unlink()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"problem_type": "single_label_classification"}))
    (entry,) = shift_study("model", {"titles": TITLES}, naive=folder).to_dict()["targets"]
    top_neutral = entry["naive"]["model"]["softmax_argmax"]["neutral"]
    assert top_neutral == pytest.approx(entry["neutral"]["ways"][0]["share"])
    assert entry["neutral"]["ways"][0]["way"] == "naive model"
