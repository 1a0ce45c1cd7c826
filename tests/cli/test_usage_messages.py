"""A wrong call ends in one line: the option and its value, what was expected or meant, and where help is."""

import json
import os
import subprocess
import sys

import pytest
from forked import goemox

from goemox.cli import verbs
from goemox.errors import UsageError


def refused(monkeypatch, folder, *arguments, **variables):
    """What `goemox ARGUMENTS` says of the call, in this process: nothing of it is read."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["goemox", *arguments])
    monkeypatch.setattr(sys.modules["__main__"], "__package__", None)  # as the installed command has it
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as caught:
        verbs.run()
    said = str(caught.value)
    assert "\n" not in said
    assert not any(word in said for word in ("Error", "pydantic", "Input should", "NoneType", "<class"))
    return said


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("pedict hi", "no command 'pedict'; did you mean 'predict'? See goemox --help"),
        ("Predict hi", "no command 'Predict'; did you mean 'predict'? See goemox --help"),
        ("collect gitub", "no command 'gitub'; did you mean 'github'? See goemox collect --help"),
        ("help", "no command 'help', but an option of that name. See goemox --help"),
        ("comments.csv", "to read a file of that name: predict --input comments.csv."),
        ("frobnicate", "no command 'frobnicate'; there are study, predict, explain,"),
        ("predict --thresold .5 hi", "no option --thresold; did you mean --threshold? See goemox predict"),
        ("predict -o a hi --output b", "--output is given twice, and takes one value"),
        ("collect github a/b --limit 3 --limit=4", "--limit is given twice, and takes one value"),
        ("predict --textcolumn a", "no option --textcolumn; did you mean --text-column?"),
        ("collect github a/b --limt 3", "no option --limt; did you mean --limit? See goemox collect github"),
        ("serve --config a.toml", "no option --config: settings are read from goemox.toml"),
        ("predict --zzzz", "no option --zzzz. See goemox predict --help"),
        ("doctor -z", "no option -z. See goemox doctor --help"),
        ("--versoin", "no option --versoin; did you mean --version? See goemox --help"),
        ("predict --tier fats hi", "--tier 'fats': expected best, fast or cascade; did you mean 'fast'?"),
        ("predict --long-text cut hi", "--long-text 'cut': expected truncate or chunk."),
        ("predict --top-k many hi", "--top-k 'many': expected a whole number."),
        ("predict --top-k 1.5 hi", "--top-k '1.5': expected a whole number."),
        ("predict --top-k 0 hi", "--top-k '0': expected 1 or more."),
        ("serve --port 99999", "--port '99999': expected 65535 or less."),
        ("serve --answer-timeout soon", "--answer-timeout 'soon': expected a number."),
        ("train --data d --output-dir m --seed -1", "--seed '-1': expected 0 or more."),
        ("predict --input", "--input needs a value behind it. See goemox predict --help"),
        ("report --compare one", "--compare needs 2 values."),
        ("evaluate", "--data is missing. See goemox evaluate --help"),
        ("train --data d", "--output-dir is missing."),
        ("profile", "FILE is missing. See goemox profile --help"),
        ("doctor more", "'more' is more than this takes"),
        ("profile a.csv b.csv", "'b.csv' is more than this takes"),
        ("study a.csv --output-dir o", "(files go behind --data PATH"),
        ("shift a.csv --target b=b.csv", "--target NAME=FILE"),
        ("shift --target comments.csv", "expected NAME=FILE, such as --target mine=comments.csv"),
        ("study -o o --domain a=", "--domain 'a=': expected NAME=FILE, such as --domain a=texts.csv"),
        ("study -o o --domain =b.csv", "expected NAME=FILE, such as --domain mine=b.csv"),
        ("study --group-by a --group-by b", "leave one of them out, or run it once with each"),
        ("predict my data.csv --input x.csv", "a text or name with spaces needs quotes"),
        ("adapt --data d --alpha 3", "--alpha 3: expected a share between 0 and 1"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_was_expected_or_meant(monkeypatch, tmp_path, call, said):
    assert said in refused(monkeypatch, tmp_path, *call.split())


@pytest.mark.parametrize(
    ("variable", "value", "call", "said"),
    [
        ("GOEMOX_RUNTIME", "onnx", "predict hi", "='onnx': expected auto, onnxruntime or openvino"),
        ("GOEMOX_OFFLINE", "maybe", "evaluate --data d", "='maybe': expected yes or no (1 or 0)"),
        ("GOEMOX_SERVE_PORT", "http", "serve", "='http': expected a whole number"),
        ("GOEMOX_SERVE_QEUE", "4", "serve", ": no such setting; did you mean 'GOEMOX_SERVE_QUEUE'?"),
    ],
)  # fmt: skip
def test_a_wrong_value_of_a_variable_is_told_by_the_variable(
    monkeypatch, tmp_path, variable, value, call, said
):
    assert f"{variable}{said}" in refused(monkeypatch, tmp_path, *call.split(), **{variable: value})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("threshhold = 1", "goemox.toml: no command has an option --threshhold; did you mean 'threshold'?"),
        ("[predict]\ntext-colum = 1", "has no option --text-colum; did you mean 'text-column'?"),
        ("[pedict]\ntop-k = 1", "goemox.toml: no command 'pedict'; did you mean 'predict'? Commands: study,"),
        ("[predict]\ntop-k = 'x'", "goemox.toml: top-k = 'x': expected a whole number"),
        ("[predict]\ntier = 'fats'", "goemox.toml: tier = 'fats': expected best, fast or cascade"),
        ("[predict]\ntop-k = true", "goemox.toml: top-k = true: --top-k takes one value, and that is none"),
        ("top-k = true", "goemox.toml: top-k = true: --top-k takes one value"),
        ("[serve]\nport = true", "goemox.toml: port = true: --port takes one value"),
        ("[serve]\nallow-host = ['a']\nmax-body-mb = [1]", "max-body-mb = a list: --max-body-mb takes one"),
        ("[serve]\nqueue = 1\nlog_level = 'info'\nlog-level = 'debug'", "log_level and log-level are one"),
        ("[predict\n", "goemox.toml: not TOML (Expected ']' at the end of a table declaration (at line 1"),
        (None, "goemox.toml: is a folder"),
    ],
)  # fmt: skip
def test_a_wrong_settings_file_is_told_by_its_line_or_key(monkeypatch, tmp_path, content, said):
    file = tmp_path / "goemox.toml"
    file.mkdir() if content is None else file.write_text(content, encoding="utf-8")
    assert said in refused(monkeypatch, tmp_path, "predict", "hi")


@pytest.mark.parametrize("verb", [verb for verb in verbs.VERBS if verb != "collect"])
def test_every_verb_knows_the_near_miss_of_its_last_flag(monkeypatch, tmp_path, verb):
    command = verbs.commands(verbs.typer.main.get_command(verbs.application([verb])))[verb]
    flag = [flag for one in command.params for flag in one.opts if flag.startswith("--")][-1]
    assert f"did you mean {flag}?" in refused(monkeypatch, tmp_path, verb, f"{flag}x")


posix = pytest.mark.skipif(os.name == "nt", reason="a shell's way to close a stream")


@posix
@pytest.mark.parametrize(
    ("streams", "code", "said"),
    [
        ("<&-", 4, "goemox: stdin: the file is empty; nothing was piped in"),
        ("</dev/null >/dev/full", 4, "goemox: stdin: the file is empty; nothing was piped in"),
    ],
)
def test_a_closed_standard_input_is_an_empty_one(streams, code, said):
    done = shell(f"predict {streams}")
    assert (done.returncode, done.stderr.count("\n")) == (code, 1)
    assert done.stderr.startswith(said)


@posix
@pytest.mark.parametrize(
    ("streams", "why"),
    [
        (">&-", "(standard output is closed); name a file with -o"),
        (">/dev/full", "(No space left on device); make room"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("call", ["doctor --help", "predict 'Thank you!'", "report --schema"])
def test_an_output_that_takes_nothing_fails_in_one_line(call, streams, why):
    done = shell(f"{call} {streams}")
    assert done.returncode == 1
    assert done.stderr.startswith(f"goemox: standard output cannot be written {why}")
    assert done.stderr.count("\n") == 1


@posix
def test_a_closed_standard_error_takes_nothing_from_the_answer():
    done = shell("predict 'Thank you so much!' 2>&-")
    assert (done.returncode, json.loads(done.stdout)["labels"]) == (0, ["gratitude"])


@posix
def test_a_reader_that_has_enough_is_no_error():
    piped = f"yes 'thank you' | head -2100 | {sys.executable} -m goemox predict | head -1"
    done = subprocess.run(
        ["bash", "-c", f"{piped}; echo ${{PIPESTATUS[2]}}"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stdout.endswith("}\n0\n")
    assert done.stderr == ""


def shell(call):
    return subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m goemox {call}"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("here", "'here' is read as a text; to read the file of that name: --input here"),
        ("gone.csv", "a file is read with --input, and none of that name is here"),
        ("titles.csvv", "no file is called so: did you mean --input titles.csv?"),
        ("tiltes.csv", "no file is called so: did you mean --input titles.csv?"),
        ("I love it.", ""),
    ],
)  # fmt: skip
def test_a_text_that_looks_like_a_file_is_read_and_told(tmp_path, text, hint):
    for name in ("here", "titles.csv"):
        (tmp_path / name).write_text("text\nThank you!\n")
    done = goemox("predict", text, cwd=tmp_path)
    assert json.loads(done.stdout)["text"] == text
    assert hint in done.stderr
    assert ("is read as a text" in done.stderr) == bool(hint)


def test_the_name_of_a_data_file_is_not_read_as_a_text(monkeypatch, tmp_path):
    (tmp_path / "here.csv").write_text("text\nThank you!\n")
    said = refused(monkeypatch, tmp_path, "predict", "here.csv")
    assert said.startswith("'here.csv' is a file; to read the texts in it: --input here.csv.")


@pytest.mark.parametrize("verb", ["study", "train", "export", "reproduce"])
def test_the_folder_of_a_result_is_named_by_o_as_the_file_of_one_is(verb):
    command = verbs.commands(verbs.typer.main.get_command(verbs.application([verb])))[verb]
    assert ["--output-dir", "-o"] in [option.opts for option in command.params]
