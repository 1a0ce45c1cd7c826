"""A console or pipe of Windows (cp1252) that lacks letters: nothing fails, nothing is lost."""

import json

import forked
import pytest

TEXT = "Thank you so much 😀 世界, naïve → yes"
NARROW = {"PYTHONIOENCODING": "cp1252", "COLUMNS": "160"}


def goemox(*arguments, code=0):
    done = forked.goemox(*arguments, encoding=None, **NARROW)
    assert b"Traceback" not in done.stderr, done.stderr.decode("cp1252")
    assert done.returncode == code, done.stderr.decode("cp1252")
    return done


def whole(shown):
    """What cp1252 with escapes says."""
    escaped = shown.decode("cp1252").replace("\\U0001f600", "😀")
    return escaped.replace("\\u4e16", "世").replace("\\u754c", "界").replace("\\u2192", "→")


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows ü 世.csv"
    path.write_text(f'id,text\n1,"{TEXT}"\n2,"I am so sad — 世界"\n', encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_rows_on_standard_output_are_utf_8_whatever_the_console(rows, form):
    assert TEXT in goemox("predict", "-i", rows, "--format", form).stdout.decode("utf-8")


@pytest.mark.parametrize("arguments", [["predict", TEXT, "--format", "table"], ["explain", TEXT]])
def test_what_people_read_has_escapes_for_letters_that_the_console_lacks(arguments):
    assert TEXT in whole(goemox(*arguments).stdout)


def test_json_is_utf_8_whatever_the_console():
    assert json.loads(goemox("explain", TEXT, "--json").stdout.decode("utf-8"))[0]["text"] == TEXT


def test_a_profile_of_such_texts_is_shown(rows):
    assert b"2" in goemox("profile", rows).stdout


def test_an_error_about_such_a_file_is_one_line_with_its_name(tmp_path):
    told = goemox("predict", "-i", tmp_path / "gone 世界 😀.csv", code=4).stderr
    assert len(told.splitlines()) == 1
    assert "世界 😀.csv" in whole(told)


def test_the_help_is_printed():
    for verb in ("predict", "study", "serve"):
        assert b"Usage" in goemox(verb, "--help").stdout
