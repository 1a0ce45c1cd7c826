"""`goemox study --group-by`: any column, by a flag or goemox.toml; an unknown one is refused with names."""

import json

import pytest
from forked import goemox


@pytest.fixture
def folder(tmp_path):
    rows = [
        {
            "text": f"I like number {i} a lot",
            "team": ["red", "<b>blue</b>"][i % 2],
            "date": f"20{10 + i % 9}-05-05",
        }
        for i in range(120)
    ]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_a_column_of_the_rows_parts_the_report_and_its_values_are_only_text(folder):
    (folder / "goemox.toml").write_text('label-column = "of another file"\n[study]\ngroup-by = "team"\n')
    done = goemox("study", "--domain", "mine=texts.jsonl", "--output-dir", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    (domain,) = json.loads((folder / "out" / "report.json").read_text())["domains"]
    assert [(group["name"], group["n"]) for group in domain["groups"]["shown"]] == [
        ("<b>blue</b>", 60), ("red", 60),
    ]  # fmt: skip
    assert domain["timeline"]["unit"] == "year"
    page = (folder / "out" / "report.html").read_text()
    assert "Labels by team: mine" in page
    assert "Over time: mine" in page
    assert "<b>blue</b>" not in page


def test_an_unknown_column_is_bad_input_and_names_the_nearest_ones(folder):
    done = goemox(
        "study", "--domain", "mine=texts.jsonl", "--group-by", "teams", "--output-dir", "out", cwd=folder
    )
    assert done.returncode == 4
    assert "mine: no column 'teams'; did you mean 'team'? Columns here: team, date" in done.stderr
    assert not (folder / "out").exists()
