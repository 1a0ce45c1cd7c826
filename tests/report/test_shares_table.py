"""`shares.csv`: each label's share in each set of texts, as a spreadsheet reads it."""

import csv

import pytest

import goemox
from goemox.report.shares_table import COLUMNS, SHARES


@pytest.fixture
def lines(planted, tmp_path):
    """The lines of the table of one domain with a formula for a name, groups and years."""
    domain = planted.domain("=cmd", 400) | {"groups": planted.repos(), "timeline": planted.years()}
    goemox.write_report(goemox.StudyReport(planted.planted_report([domain]), ()), tmp_path)
    with (tmp_path / SHARES).open(encoding="utf-8", newline="") as stream:
        assert next(csv.reader([stream.readline()])) == list(COLUMNS)
        return [dict(zip(COLUMNS, line, strict=True)) for line in csv.reader(stream)], domain


def test_every_share_stands_with_its_interval_and_its_number_of_texts(lines):
    rows, domain = lines
    for column, entries in (
        ("", {"": domain}),
        (domain["groups"]["column"], {entry["name"]: entry for entry in domain["groups"]["shown"]}),
        (domain["timeline"]["unit"], {entry["start"]: entry for entry in domain["timeline"]["periods"]}),
    ):
        for group, entry in entries.items():
            found = {r["label"]: r for r in rows if (r["column"], r["group"]) == (column, group)}
            assert set(found) == set(entry["label_share"] or {})
            for label, share in (entry["label_share"] or {}).items():
                row = found[label]
                assert (int(row["n"]), float(row["share"])) == (entry["n"], share)
                assert [float(row["low"]), float(row["high"])] == list(entry["label_share_interval"][label])
                assert int(row["n_label"]) == round(share * entry["n"])


def test_a_name_that_a_spreadsheet_would_run_is_text(lines):
    rows, _ = lines
    assert {row["domain"] for row in rows} == {"'=cmd"}
