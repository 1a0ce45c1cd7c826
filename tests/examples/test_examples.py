"""Every example runs offline on its own comments and on a file of somebody else's, and says what is so."""

import csv
import json
import re
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path

import matplotlib as mpl
import polars as pl
import pytest
from forked import goemox
from matplotlib.image import imread

from goemox.data.files import read_records
from goemox.errors import UsageError
from goemox.labelling import select_rows

mpl.use("Agg")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OWN = EXAMPLES / "own_csv"
PICTURES = {
    "score_a_csv": ["trust"],
    "study_your_domain": ["labels", "distance"],
    "label_and_adapt": ["before-after", "shares"],
    "over_time": ["over-time", "groups"],
    "features_and_search": ["features", "maps"],
}
README = (EXAMPLES / "README.md").read_text("utf-8")


def comments():
    with (OWN / "comments.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """run(name, *arguments): what an example prints; its results lie in tmp_path / "out"."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.setenv("GOEMOX_OFFLINE", "1")

    def start(name, *arguments, left_out=()):
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        with mpl.rc_context():
            runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
        printed = capsys.readouterr().out
        drawn = re.findall(r"^picture: .*?([\w-]+)\.png$", printed, re.M)
        assert drawn == [each for each in PICTURES[name] if each not in left_out]
        for picture in drawn:
            pixels = imread(tmp_path / "out" / f"{picture}.png")
            assert min(pixels.shape[:2]) > 200
            assert pixels.std() > 0.05, f"{picture} is nearly empty"
        return printed

    return start


@pytest.fixture
def others_file(tmp_path):
    """Thirty rows with other columns, in another encoding, and one row without a text."""
    path = tmp_path / "mine.csv"
    rows = comments()[:60:2]
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["number", "review"])
        writer.writerows([i, row["comment"]] for i, row in enumerate(rows))
        writer.writerow([99, ""])
    return path


def test_scoring_names_the_rows_that_the_model_does_not_vouch_for(run, tmp_path, classifier):
    said = run("score_a_csv")
    answers = {each.id: each for each in classifier.predictions(list(read_records(OWN / "comments.csv")))}
    table = pl.read_csv(tmp_path / "out" / "scored.csv")
    assert len(table) == len(answers) == 211
    far = {key for key, each in answers.items() if not each.in_domain}
    assert set(table.filter(doubt="far")["id"]) == far
    undecided = table.filter(doubt="undecided")["id"]
    assert all(len(answers[key].prediction_set) >= 4 for key in undecided)
    assert f"  {len(far)} far" in said
    assert f"trust {211 - len(far) - len(undecided)} rows" in said
    assert {"c105", "c135"} <= far  # the German comment and the timetable


def test_the_study_says_what_its_report_says(run, tmp_path):
    said = run("study_your_domain", "--group-by", "service")
    report = json.loads((tmp_path / "out" / "study" / "report.json").read_bytes())
    (domain,) = report["domains"]
    assert domain["n"] == 211
    assert (tmp_path / "out" / "study" / "report.html").stat().st_size > 100_000
    assert f"{100 * domain['distance']['share_outside']:.0f} % of the texts lie beyond the cut" in said
    label, here, home = re.search(r"(\w+) is given to (\d+) % of the texts, (\d+) % at home", said).groups()
    assert label in domain["tests"]["moved"]
    assert int(here) == round(100 * domain["label_share"][label])
    assert int(home) == round(100 * report["in_domain"]["label_share"][label])


def test_adapting_says_what_may_be_quoted_and_leaves_a_model(run, tmp_path):
    earlier = tmp_path / "out" / "adapted" / "earlier.txt"
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    (earlier.parent / "goemox.json").write_text("{}")  # the model of an earlier run
    said = run("label_and_adapt")
    assert not earlier.exists()
    facts = json.loads((tmp_path / "out" / "adapted" / "goemox.json").read_bytes())
    assert "own" in facts["mappings"]
    before, after = map(float, re.search(r"micro-F1: ([\d.]+) before, ([\d.]+) after", said).groups())
    assert after > before
    quoted = re.search(r"micro_f1 (0\.\d+ \(0\.\d+ to 0\.\d+\))", said)[1]
    assert quoted == "0.87 (0.82 to 0.93)"
    assert "promises .874 (.819 to .930)" in " ".join(README.split())


def test_a_folder_that_holds_something_else_is_left_alone(run, tmp_path):
    own = tmp_path / "out" / "adapted" / "thesis.txt"
    own.parent.mkdir(parents=True)
    own.touch()
    with pytest.raises(UsageError, match="holds files that are no goemox model"):
        run("label_and_adapt")
    assert own.exists()


def test_adapting_on_few_rows_of_a_label_says_that_there_is_no_interval(run, tmp_path):
    rows = (OWN / "labels.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "few.jsonl").write_text("".join(rows[:60]), "utf-8")
    said = run("label_and_adapt", "--labels", tmp_path / "few.jsonl")
    assert re.search(r"macro_f1 0\.\d+ \(no interval\)", said)
    assert "nan" not in said


def test_adapting_on_rows_too_few_for_figures_says_so_and_draws_nothing(run, tmp_path, capsys):
    rows = [json.loads(line) for line in (OWN / "labels.jsonl").read_text("utf-8").splitlines()]
    picked = [{**row, "sampling": "informative" if i >= 15 else "random"} for i, row in enumerate(rows)]
    (tmp_path / "few.jsonl").write_text("\n".join(map(json.dumps, picked)), "utf-8")
    with pytest.raises(SystemExit) as ended:
        run("label_and_adapt", "--labels", tmp_path / "few.jsonl")
    assert not ended.value.code
    said = capsys.readouterr().out
    assert "15 random rows are too few for figures and for pictures" in said
    assert "My bus never came" in said
    assert not list((tmp_path / "out").glob("*.png"))


def test_the_worst_time_and_group_are_what_counting_by_hand_gives(run, classifier):
    said = run("over_time")
    rows = comments()
    sentiment = classifier.grouped("sentiment")
    decided = sentiment.predict([row["comment"] for row in rows])[:, sentiment.labels.index("negative")]
    total, negative = Counter(), Counter()
    for row, is_negative in zip(rows, decided, strict=True):
        period = row["service"], (int(row["date"][5:7]) + 1) // 2
        total[period] += 1
        negative[period] += bool(is_negative)
    share, (group, period) = max((negative[each] / total[each], each) for each in total if total[each] >= 8)
    assert (group, period) == ("buses", 3)  # May and June, when the new timetable came
    assert f"most negative: buses from May 2025, {100 * share:.0f} % of texts" in said
    assert "groups differ in admiration" in said


def test_dates_over_time_are_read_as_goemox_reads_them(run, tmp_path):
    lines = [f"{'05' if i % 2 else '14'}/03/2026,The bus was late again and I hate it {i}" for i in range(20)]
    lines += [f"20/01/2026,Thank you so much for the seat {i}" for i in range(10)]
    (tmp_path / "slashed.csv").write_text("\n".join(["date,text", *lines, "soon,Fine"]))
    said = run("over_time", "slashed.csv", "--every", "MS")
    assert "31 texts, 1 without a date" in said
    assert "most negative: all texts from March 2026" in said
    assert "groups are not known to differ" in said


def test_emotions_tell_better_than_words_who_needs_an_answer(run):
    said = run("features_and_search")
    right = dict(re.findall(r"^(words|embeddings|emotions) .*ranks (\d+) of 100", said, re.M))
    assert int(right["emotions"]) > int(right["embeddings"]) > int(right["words"]) > 50
    feeling, reading = said.split("by feeling:")[1].split("by reading:")
    assert "I am afraid for the staff" in feeling
    assert len(reading.split("picture:")[0].strip().splitlines()) == 3


@pytest.mark.parametrize("name", ["score_a_csv", "over_time"])
def test_a_file_of_somebody_elses_works_without_dates_and_groups(run, others_file, name):
    said = run(name, others_file, "--out", "out", left_out=["over-time"])
    assert "30 texts" in said
    assert ("no picture over time" in said) == (name == "over_time")


def test_the_comparison_of_the_whole_way_says_where_a_figure_has_no_interval():
    figure = runpy.run_path(str(OWN / "run.py"))["_figure"]
    assert figure({"value": 0.7, "low": None, "high": None}) == "0.700 (no interval)"
    assert figure({"value": 0.7, "low": 0.6, "high": 0.8}) == "0.700 (0.600 to 0.800)"


def test_the_whole_way_on_one_csv_ends_in_a_comparison_that_the_readme_quotes(tmp_path, monkeypatch, capsys):
    def started(command, **_):
        """The same command as a fork, which is there at once."""
        assert command[:3] == [sys.executable, "-m", "goemox"]
        done = goemox(*command[3:])
        assert done.returncode == 0, done.stderr
        return done

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", started)
    monkeypatch.setattr(sys, "argv", ["run.py", "--out", str(tmp_path / "out")])
    runpy.run_path(str(OWN / "run.py"), run_name="__main__")
    printed = capsys.readouterr().out
    for name in ("marked.csv", "labelled.csv", "study/report.html", "to-label.jsonl", "adapted.csv"):
        assert (tmp_path / "out" / name).exists()
    found = re.search(r"micro-F1 +(0\.\d+ \(.+?\)) +(0\.\d+ \(.+?\))", printed).groups()
    before, after = (figures.replace("0.", ".") for figures in found)
    assert f"micro-F1 from {before} to {after}" in " ".join(README.split())
    assert len(pl.read_csv(tmp_path / "out" / "adapted.csv")) == 211


def test_the_labelled_rows_are_those_that_sample_draws_and_the_others_are_held_out():
    drawn = select_rows(read_records(OWN / "comments.csv"), 100).rows
    labelled, held_out = (
        [json.loads(line) for line in (OWN / name).read_text("utf-8").splitlines()]
        for name in ("labels.jsonl", "held_out.jsonl")
    )
    assert [row["id"] for row in labelled] == [record.id for record in drawn]
    assert {row["text"] for row in labelled + held_out} == {
        record.text for record in read_records(OWN / "comments.csv")
    }
    assert len(labelled) + len(held_out) == 211


def test_every_example_is_in_the_table_of_the_readme_and_is_tested_here():
    scripts = {path.stem for path in EXAMPLES.glob("*.py")} - {"pictures"}
    assert scripts == set(PICTURES)
    assert set(re.findall(r"^\| \[([\w/]+)\.py\]", README, re.M)) == scripts | {"own_csv/run"}


@pytest.mark.parametrize("name", PICTURES)
def test_a_script_opens_as_a_notebook_that_begins_with_its_title(name):
    source = (EXAMPLES / f"{name}.py").read_text("utf-8")
    assert re.match(r"# %% \[markdown\]\n# # \w", source)
    cells = re.split(r"^# %%", source, flags=re.M)[1:]
    assert sum(cell.startswith(" [markdown]") for cell in cells) >= 3
