import gzip
import json
import subprocess
import sys

import numpy as np
import pytest

import goemox
from goemox.errors import InvalidInput, UnknownColumn, UnknownLabel, UsageError
from goemox.records import TextRecord
from goemox.studies.domains import from_files
from goemox.studies.examples import telling_rows

KEYS = {"schema", "goemox_version", "model", "in_domain", "domains", "findings"}
DOMAIN_KEYS = {
    "name",
    "source",
    "n",
    "label_share",
    "top_label_share",
    "confidence",
    "distance",
    "tests",
    "naive",
}


@pytest.fixture(scope="module")
def offline():
    return goemox.study(offline=True)


def test_an_offline_study_shows_the_release_figures_and_the_samples(offline):
    report = offline.to_dict()
    assert set(report) >= KEYS
    assert report["in_domain"]["dataset"] == "GoEmotions"
    assert report["in_domain"]["measured"] == "at release"
    assert report["in_domain"]["n"] == 5427
    assert len(report["in_domain"]["score_strips"]) == 28
    together = [pair["labels"] for pair in report["in_domain"]["co_occurrence"]["pairs"]]
    assert ["annoyance", "anger"] in together
    assert [domain["source"] for domain in report["domains"]] == ["sample"] * 3
    for domain in report["domains"]:
        assert set(domain) >= DOMAIN_KEYS
        assert sum(domain["top_label_share"].values()) == pytest.approx(1.0, abs=1e-4)
        assert domain["smoke"]["top1_hit"] > 0.4
        assert any(f["id"].endswith("-sample") for f in report["findings"])


def test_the_same_inputs_give_the_same_report(offline):
    again = goemox.study(offline=True)
    before, after = offline.to_dict(), again.to_dict()
    for report in (before, after):
        report.pop("created_at")
    assert before == after
    assert offline.rows == again.rows


def test_a_study_shows_itself_in_a_line(offline):
    shown = repr(offline)
    assert shown.startswith("<StudyReport(model 'goemox all-MiniLM-L6-v2', domains {'comments (samples)': ")
    assert shown.endswith(" texts}); to_dict() holds all figures, goemox.write_report() draws them>")
    assert len(shown) < 300
    assert "\n" not in shown


def test_a_study_is_written_in_one_call_as_the_command_writes_it(offline, tmp_path):
    page = goemox.write_report(offline, str(tmp_path / "out"), figures=str(tmp_path / "figures"))
    assert page == tmp_path / "out" / "report.html"
    written = {file.name for file in page.parent.iterdir()}
    assert written == {"report.html", "report.json", "rows.jsonl.gz", "shares.csv"}
    assert (tmp_path / "figures" / "fig-labels.svg").read_text("utf-8").count("<svg ") > 0
    with pytest.raises(UsageError, match=r"report is dict; a page is made of what goemox\.study"):
        goemox.write_report(offline.to_dict(), tmp_path)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"domains": "issues.csv"}, r"give each file .* a name, as a dict: \{'mine': 'issues\.csv'\}"),
        ({"domains": ["It crashed.", "Thanks!"]}, r"as a dict: \{'mine': texts\}"),
        ({"domains": {2024: ["Thanks!"]}}, r"2024: the name of a domain must be text; give '2024'"),
        ({"domains": {"GoEmotions test": ["Thanks!"]}}, "called 'GoEmotions test', as the in-domain set is"),
        ({"group_by": ["repo"], "offline": True}, "group_by: name one column; for another one, call study"),
    ],
)
def test_a_wrong_argument_is_told_in_words(wrong, said):
    with pytest.raises(UsageError, match=said):
        goemox.study(**wrong)


def test_half_a_character_is_refused_before_anything_is_scored_since_no_report_can_hold_it():
    for domains, said in (
        ({"m": ["Thanks!", "\ud83d hi"]}, "'m': text 2 holds half a surrogate pair"),
        ({"\ud83d": ["Thanks!"]}, r"the name '\\ud83d' holds half a surrogate pair"),
    ):
        with pytest.raises(InvalidInput, match=said):
            goemox.study(domains=domains, offline=True)


def test_the_users_own_files_replace_the_default_domains(tmp_path):
    (tmp_path / "data.csv").write_text(
        "text,labels\n" + "Thanks!,gratitude\nGreat work,admiration\nOk then,neutral\n" * 20
    )
    (tmp_path / "a.txt").write_text(
        "\n".join(["Ok then"] + ["same line"] * 3 + [f"This is bug {i}" for i in range(59)])
    )
    report = goemox.study(data=tmp_path / "data.csv", domains={"bugs": tmp_path / "a.txt"})
    content = report.to_dict()
    (domain,) = content["domains"]
    assert (domain["name"], domain["source"], domain["n"], domain["n_duplicates"]) == ("bugs", "file", 61, 2)
    profile = domain["profile"]
    assert (profile["n_same"], profile["n_near"], profile["over_limit"]) == (2, 58, 0.0)
    assert content["in_domain"]["measured"] == "now"
    assert content["in_domain"]["n"] == 60
    assert domain["n_labelled"] == 1  # "Ok then" stands in both files
    assert domain["answers"][-1].startswith("People labelled 1 of these texts, ")
    assert {row["domain"] for row in report.rows} == {"data.csv", "bugs"}


def test_texts_in_a_column_of_any_name_can_be_studied_by_naming_it(tmp_path):
    days = ["bald", *(f"{1 + i // 3}.{1 + i % 3}.2025" for i in range(60))]
    rows = "".join(f"k{i},plain {i},Thank you for number {i},{day}\n" for i, day in enumerate(days))
    (tmp_path / "k.csv").write_text(f"key,title,kommentar,wann\n{rows}", encoding="utf-8")
    report = goemox.study(
        domains={"mine": tmp_path / "k.csv"},
        text_column="kommentar",
        id_column="key",
        date_column="wann",
        offline=True,
    )
    (domain,) = report.to_dict()["domains"]
    assert domain["label_share"]["gratitude"] > 0.9
    assert (domain["timeline"]["unit"], len(domain["timeline"]["periods"])) == ("month", 3)
    (warning,) = (each for each in report.to_dict()["warnings"] if "--date-column" in each)
    assert warning.startswith(
        "mine: column 'wann': 1 of 61 dates cannot be read (such as 'bald'); write them"
    )
    with pytest.raises(UnknownColumn, match="no column 'date'"):
        goemox.study(domains={"mine": tmp_path / "k.csv"}, text_column="kommentar", date_column="date")
    assert [row["id"] for row in report.rows][:2] == ["k0", "k1"]
    call = [
        sys.executable,
        "-m",
        "goemox",
        "study",
        "--output-dir",
        str(tmp_path / "out"),
        "--text-column",
        "x",
    ]
    lost = subprocess.run(call, capture_output=True, check=False, text=True, timeout=120)
    assert lost.returncode == 2
    assert "--domain NAME=FILE" in lost.stderr


@pytest.fixture
def of_any_names(tmp_path):
    """A labelled file and one without labels, with columns that no guess finds, or finds wrongly."""
    rows = "".join(f"bad {i},Thank you for number {i},gratitude,1,0\n" for i in range(20))
    (tmp_path / "own.csv").write_text(f"text,kommentar,mood,gratitude,fear\n{rows}")
    (tmp_path / "mine.csv").write_text("kommentar\n" + "".join(f"This is bug {i}\n" for i in range(60)))
    return tmp_path


@pytest.mark.parametrize("column", ["mood", ("gratitude", "fear")])
def test_labelled_texts_in_columns_of_any_name_are_measured_by_naming_them(of_any_names, column):
    domains = {"mine": of_any_names / "mine.csv"}
    report = goemox.study(
        data=of_any_names / "own.csv", domains=domains, text_column="kommentar", label_column=column
    ).to_dict()
    by_label = {row["label"]: row for row in report["in_domain"]["per_label"]}
    assert by_label["gratitude"]["support"] == 20
    assert by_label["gratitude"]["f1"] == 1.0  # since "kommentar" was read: the column "text" gives no thanks
    assert report["asked"]["label_columns"] == ([column] if column == "mood" else list(column))


def test_a_column_of_the_domains_alone_leaves_the_labelled_texts_to_a_guess(of_any_names):
    (of_any_names / "plain.csv").write_text("text,labels\n" + "Thanks!,gratitude\n" * 20)
    domains = {"mine": of_any_names / "mine.csv"}
    found = goemox.study(data=of_any_names / "plain.csv", domains=domains, text_column="kommentar").to_dict()
    assert found["in_domain"]["n"] == 20


def test_a_column_that_the_labelled_texts_lack_is_told(of_any_names):
    own = of_any_names / "own.csv"
    for wrong in ({"text_column": "komentar", "label_column": "mood"}, {"label_column": "moot"}):
        name = next(iter(wrong.values()))
        with pytest.raises(UnknownColumn, match=f"own.csv: no column '{name}'"):
            goemox.study(data=own, **wrong, offline=True)
    with pytest.raises(UsageError, match="no data was given"):
        goemox.study(label_column="mood", offline=True)


def test_a_label_that_the_model_lacks_is_sent_to_the_command_that_maps_it(of_any_names):
    own = of_any_names / "own.csv"
    own.write_text(own.read_text().replace("gratitude,1", "joyful,1"))
    with pytest.raises(UnknownLabel, match=r"'joyful'.*map labels with `goemox evaluate --mapping`"):
        goemox.study(data=own, label_column="mood", offline=True)


def test_an_unanswering_network_falls_back_to_the_samples_and_says_so(monkeypatch):
    for name in ("GOEMOX_HACKERNEWS_URL", "GITHUB_API_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    report = goemox.study().to_dict()
    assert [domain["source"] for domain in report["domains"]] == ["sample"] * 3
    assert sum("no answer" in warning for warning in report["warnings"]) == 2


def test_live_domains_are_collected_where_the_network_answers(httpserver, monkeypatch):
    stories = list(range(1, 61))
    httpserver.expect_request("/v0").respond_with_json({})
    httpserver.expect_request("/v0/topstories.json").respond_with_json(stories)
    for i in stories:
        item = {"id": i, "type": "story", "title": f"Story number {i}", "time": 1_700_000_000 + i}
        httpserver.expect_request(f"/v0/item/{i}.json").respond_with_json(item)
    monkeypatch.setenv("GOEMOX_HACKERNEWS_URL", httpserver.url_for("/v0"))
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9/")
    report = goemox.study().to_dict()
    (domain,) = report["domains"]
    assert (domain["source"], domain["n"]) == ("live", 60)
    assert len(report["warnings"]) == 1


def test_a_domain_without_a_usable_text_is_refused(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": ""}\n{"text": null}\n')
    with pytest.raises(InvalidInput, match=r"a\.jsonl.*'empty-one'"):
        from_files({"empty-one": tmp_path / "a.jsonl"}, [], print)


def test_telling_rows_never_repeat_a_row_and_know_their_reason():
    generator = np.random.default_rng(0)
    p = generator.random((40, 3))
    records = [TextRecord(str(i), f"text {i}") for i in range(40)]
    far = np.arange(40) * 2.5
    rows = telling_rows(records, ("joy", "anger", "neutral"), p, p > 0.5, far, far <= 95)
    assert len({row["id"] for row in rows}) == len(rows)
    farthest = [row for row in rows if row["why"].startswith("farthest")]
    assert farthest[0]["domain_percentile"] >= max(r["domain_percentile"] for r in farthest)
    assert telling_rows(records[:1], ("joy", "anger", "neutral"), p[:1], p[:1] > 0.5, None, None)


def test_the_study_of_real_titles_and_issues_has_the_promised_keys(goemox_data, tmp_path):
    """The command of the README, on the first rows of each file, to stay short."""
    for name, file in (("hn", "hackernews/titles_2015_2016.jsonl"), ("gh", "github_issues/titles.jsonl")):
        with (goemox_data / file).open(encoding="utf-8") as lines:
            (tmp_path / f"{name}.jsonl").write_text(
                "".join(next(lines) for _ in range(400)), encoding="utf-8"
            )
    report = goemox.study(domains={n: tmp_path / f"{n}.jsonl" for n in ("hn", "gh")}).to_dict()
    hn, gh = report["domains"]
    assert hn["distance"]["share_outside"] > 0.4
    assert gh["distance"]["share_outside"] > hn["distance"]["share_outside"]
    assert hn["tests"]["moved"]


def test_rows_are_gzipped_json_lines_with_the_same_bytes_each_time(offline, tmp_path):
    from goemox.studies.rows import write_rows

    for name in ("a.gz", "b.gz"):
        write_rows(offline.rows, tmp_path / name)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    with gzip.open(tmp_path / "a.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert len(rows) == sum(domain["n"] for domain in offline.to_dict()["domains"])
    assert set(rows[0]) >= {"domain", "id", "labels", "scores"}


@pytest.fixture(scope="module")
def issue_titles(goemox_data, tmp_path_factory):
    """500 issue titles of several repositories and years, every fortieth row."""
    lines = (goemox_data / "github_issues" / "titles.jsonl").read_text("utf-8").splitlines()[::40]
    path = tmp_path_factory.mktemp("parts") / "titles.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_real_issue_titles_are_parted_by_year_and_repository(issue_titles, tmp_path):
    (tmp_path / "undated.txt").write_text("\n".join(f"This is bug {i}" for i in range(60)))
    domains = {"issues": issue_titles, "undated": tmp_path / "undated.txt"}
    content = goemox.study(domains=domains, group_by="repo", offline=True).to_dict()
    issues, undated = content["domains"]
    line, groups = issues["timeline"], issues["groups"]
    assert (line["unit"], line["n_undated"]) == ("year", 0)
    assert line["labels"][0] == "neutral"
    assert 8 <= len(line["periods"]) <= 12
    assert sum(period["n"] for period in line["periods"]) == issues["n"]
    assert "swiftlang/swift" in [group["name"] for group in groups["shown"]]
    assert groups["n_missing"] == 0
    assert sum(group["n"] for group in groups["shown"]) == issues["n"]
    for period in (*line["periods"], *groups["shown"]):
        # titles of issues are mostly neutral to this model, in every year and every repository
        assert period["n"] < 20 or period["label_share"]["neutral"] > 0.8
    assert (undated["timeline"], undated["groups"]) == (None, None)
    assert any("undated: no row has a column 'repo'" in warning for warning in content["warnings"])


def test_a_column_that_no_domain_has_is_refused_before_anything_is_scored(issue_titles):
    def scored(n):
        raise AssertionError("scored")

    with pytest.raises(InvalidInput, match=r"no column 'rep'; did you mean 'repo'\?"):
        goemox.study(domains={"issues": issue_titles}, group_by="rep", offline=True, progress=scored)
