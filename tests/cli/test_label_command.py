"""`goemox label` on a real terminal, as a rater uses it: keys, a kill, the next run."""

import json
import os
import re
import select
import signal
import time
from pathlib import Path

import forked
import pytest

ROWS = [{"id": i, "text": f"text number {i}", "sampling": "random"} for i in range(4)]
ENTER, BACK, TAB, ESC, CTRL_C, LEFT = "\r", "\x7f", "\t", "\x1b", "\x03", "\x1b[D"


def goemox(*arguments, **options):
    return forked.goemox(*arguments, encoding=None, **options)


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def saved(path):
    return {row["id"]: row["labels"] for row in map(json.loads, path.read_text("utf-8").splitlines())}


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "rows.jsonl", ROWS)
    return tmp_path


class Terminal:
    """A process on a terminal of its own, which is typed at and looked at."""

    def __init__(self, folder, *arguments, columns=80, lines=24):
        pty = pytest.importorskip("pty", reason="needs a POSIX terminal")
        import fcntl
        import struct
        import termios

        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.before = termios.tcgetattr(theirs)
        terminal = os.fdopen(theirs, "r+b", buffering=0, closefd=False)
        self.process = forked.Goemox(
            "label", *arguments, stdin=terminal, stdout=terminal, stderr=terminal, cwd=folder, leads=True,
            env={**os.environ, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", "COLUMNS": "", "LINES": ""},
        )  # fmt: skip
        self.theirs, self.shown, self.told = theirs, "", ""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        os.close(self.theirs)
        os.close(self.ours)

    def type(self, keys):
        os.write(self.ours, keys.encode())

    def wait_for(self, words, seconds=60):
        """Read until the words were shown and nothing comes any more; `shown` has all of it."""
        deadline = time.monotonic() + seconds
        told = b""
        self.shown = ""
        while time.monotonic() < deadline:
            quiet_s = 0.02 if self.waits() else 0.3
            if select.select([self.ours], [], [], quiet_s)[0]:
                told += os.read(self.ours, 65_536)
                self.told = told.decode("utf-8", "ignore")
                plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.told)
                self.shown = re.sub(r" +", " ", plain)
            elif words in self.shown:
                return
        raise AssertionError(f"{words!r} never came: {self.shown!r}")

    def waits(self):
        """Whether the process is known to wait for a key."""
        try:
            place = Path(f"/proc/{self.process.pid}/wchan").read_text()
        except OSError:  # it has ended, or the system does not tell
            return False
        return place in ("n_tty_read", "wait_woken")

    def wait_for_file(self, path, content, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if path.exists() and saved(path) == content:
                return
            time.sleep(0.05)
        raise AssertionError(f"{path.read_text() if path.exists() else 'no file'}")

    def ends(self):
        return self.process.wait(timeout=60)


def test_a_rater_labels_goes_back_skips_and_quits_and_all_is_in_the_file(folder):
    out = folder / "labels.jsonl"
    with Terminal(folder, "rows.jsonl", "-o", "labels.jsonl", "--rater", "anna") as terminal:
        terminal.wait_for("text 1 of 4 · 0 labelled")
        assert "text number 0" in terminal.shown
        assert "j joy" in terminal.shown
        terminal.type("j")
        terminal.wait_for("*j joy")
        terminal.type(ENTER)
        terminal.wait_for("text 2 of 4 · 1 labelled")
        terminal.type(ENTER)
        terminal.wait_for("no emotion at all? Enter again says so")
        terminal.type(ENTER)
        terminal.wait_for("text 3 of 4 · 2 labelled")
        terminal.type(LEFT + "a" + ENTER)  # the one without emotion has anger after all
        terminal.wait_for("text 3 of 4 · 2 labelled")
        terminal.type(TAB)
        terminal.wait_for("text 4 of 4 · 2 labelled, 1 skipped")
        terminal.type(ESC)
        terminal.wait_for("the same command goes on with the other 2")
        assert terminal.ends() == 0
    assert saved(out) == {0: ["joy"], 1: ["anger"]}
    row = json.loads(out.read_text().splitlines()[0])
    assert (row["rater"], row["sampling"]) == ("anna", "random")


def test_what_was_saved_survives_a_kill_and_the_next_run_goes_on_behind_it(folder):
    out = folder / "labels.jsonl"
    arguments = ("rows.jsonl", "-o", "labels.jsonl", "--labels", "joy,anger")
    with Terminal(folder, *arguments) as terminal:
        terminal.wait_for("text 1 of 4")
        terminal.type("j" + ENTER + "a" + ENTER)
        terminal.wait_for_file(out, {0: ["joy"], 1: ["anger"]})
        terminal.process.send_signal(signal.SIGKILL)
        assert terminal.ends() == -signal.SIGKILL
    with out.open("ab") as stream:
        stream.write(b'{"id": 2, "te')  # a power cut
    with Terminal(folder, *arguments) as terminal:
        terminal.wait_for("text 3 of 4 · 2 labelled")
        terminal.type("j" + ENTER + "ja" + ENTER)
        terminal.wait_for("All 4 texts are labelled")
        terminal.type(BACK + "j" + ENTER)
        terminal.wait_for("All 4 texts are labelled")
        terminal.type(ENTER)
        terminal.wait_for("4 of 4 texts are labelled, in labels.jsonl")
        assert terminal.ends() == 0
    assert saved(out) == {0: ["joy"], 1: ["anger"], 2: ["joy"], 3: ["anger"]}


def test_keys_that_come_faster_than_the_screen_are_all_taken(folder):
    write(folder / "rows.jsonl", [{"id": i, "text": "x " * i} for i in range(1, 101)])
    with Terminal(folder, "rows.jsonl", "-o", "labels.jsonl", "--labels", "joy,anger") as terminal:
        terminal.wait_for("text 1 of 100")
        for _ in range(50):
            terminal.type("ja" + ENTER)
            time.sleep(0.005)
            terminal.type("a" + ENTER)
        terminal.wait_for("All 100 texts are labelled")
    found = saved(folder / "labels.jsonl")
    assert [found[i] for i in range(1, 101)] == [["joy", "anger"], ["anger"]] * 50


def test_ctrl_c_but_not_ctrl_z_ends_with_130_keeps_what_was_saved_and_gives_the_terminal_back(folder):
    import termios

    with Terminal(folder, "rows.jsonl", "-o", "labels.jsonl") as terminal:
        terminal.wait_for("text 1 of 4")
        terminal.type("j" + ENTER + "a")
        terminal.wait_for("*a anger")
        terminal.type("\x1a" + "j")  # Ctrl-Z would leave the terminal to a shell that changes it
        terminal.wait_for("*j joy")
        terminal.type(CTRL_C)
        terminal.wait_for("goemox: interrupted")
        assert "1 of 4 texts are labelled, in labels.jsonl" in terminal.shown
        assert "the same command goes on with the other 3" in terminal.shown
        assert terminal.ends() == 130
        assert termios.tcgetattr(terminal.theirs) == terminal.before
    assert saved(folder / "labels.jsonl") == {0: ["joy"]}
    assert {path.name for path in folder.iterdir()} == {"rows.jsonl", "labels.jsonl"}


def test_a_request_to_end_gives_screen_keyboard_and_lock_back_and_says_how_to_go_on(folder):
    import termios

    with Terminal(folder, "rows.jsonl", "-o", "labels.jsonl") as terminal:
        terminal.wait_for("text 1 of 4")
        terminal.type("j" + ENTER)
        terminal.wait_for("text 2 of 4")
        terminal.process.send_signal(signal.SIGTERM)
        terminal.wait_for("the same command goes on with the other 3")
        assert "\x1b[?1049l" in terminal.told  # the screen before
        assert "\x1b[?25h" in terminal.told  # the cursor
        assert terminal.ends() == 128 + signal.SIGTERM
        assert termios.tcgetattr(terminal.theirs) == terminal.before
    assert {path.name for path in folder.iterdir()} == {"rows.jsonl", "labels.jsonl"}


def test_the_models_answers_are_hidden_unless_they_are_asked_for(folder):
    with Terminal(folder, "rows.jsonl", "-o", "labels.jsonl") as terminal:
        terminal.wait_for("text 1 of 4")
        assert "model:" not in terminal.shown
    with Terminal(folder, "rows.jsonl", "-o", "labels.jsonl", "--suggest") as terminal:
        terminal.wait_for("model: neutral 0.")
        terminal.type("n" + ENTER)
        terminal.wait_for("text 2 of 4")
    (line,) = (folder / "labels.jsonl").read_text().splitlines()
    assert json.loads(line)["suggested"] is True


def test_a_text_cannot_write_to_the_terminal_and_a_long_one_has_pages(folder):
    write(folder / "rows.jsonl", [{"text": "\n".join(f"\x1b[2Jline {i}\r!" for i in range(1_000))}])
    with Terminal(folder, "rows.jsonl", "-o", "labels.jsonl", columns=50, lines=30) as terminal:
        terminal.wait_for(r"\x1b[2Jline 0\r!")
        terminal.wait_for_shown = terminal.shown
        terminal.type(" ")
        terminal.wait_for("of 1,000; Space turns the page")
        assert r"\x1b[2Jline 0\r!" not in terminal.shown
        assert "*" not in terminal.shown


def test_the_labels_of_a_mapping_file_are_looked_for(folder):
    (folder / "map.json").write_text('{"good": ["joy", "love"], "bad": ["anger"]}')
    arguments = ("rows.jsonl", "-o", "labels.jsonl", "--mapping", "map.json", "--suggest")
    with Terminal(folder, *arguments) as terminal:
        terminal.wait_for("b bad")
        assert "joy" not in terminal.shown
        terminal.type(("g" + ENTER) * 4 + ENTER)
        terminal.wait_for("next: goemox adapt --data labels.jsonl --mapping map.json -o adapted")
    row = json.loads((folder / "labels.jsonl").read_text().splitlines()[0])
    assert (row["labels"], row["judged"]) == (["good"], ["good", "bad"])


def test_without_a_terminal_the_way_out_is_named(folder):
    done = goemox("label", "rows.jsonl", "-o", "labels.jsonl", cwd=folder)
    assert done.returncode == 2
    assert b"label needs a terminal" in done.stderr
    assert b"write the labels (joy|love) into a column `labels`" in done.stderr
    assert not (folder / "labels.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["rows.jsonl"], 2, "name a file for the labels: goemox label rows.jsonl -o labels.jsonl"),
        (["rows.jsonl", "-o", "rows.jsonl"], 2, "FILE and --output are the same file"),
        (["-", "-o", "l.jsonl"], 2, "the texts must be in a file"),
        (["rows.jsonl", "rows.jsonl", "-o", "l.jsonl"], 2, "label one file at a time"),
        (["rows.jsonl", "-o", "l.jsonl", "--json"], 2, "--json goes with --agreement"),
        (["rows.jsonl", "--agreement"], 2, "--agreement compares two files"),
        (["a.jsonl", "b.jsonl", "--agreement", "--rater", "me"], 2, "--rater goes with labelling, not with"),
        (["a.jsonl", "b.jsonl", "--agreement", "--labels", "joy"], 2, "--labels goes with labelling"),
    ],
)
def test_what_cannot_be_labelled_is_refused_in_one_line(folder, arguments, code, said):
    done = goemox("label", *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (code, b"")
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["empty.jsonl"], 4, "empty.jsonl: the file is empty"),
        (["blank.csv"], 4, "blank.csv: no row can be labelled; blank.csv:2: the text is empty"),
        (["rows.jsonl", "--text-column", "comment"], 4, "rows.jsonl: no column 'comment'"),
        (["rows.jsonl", "--labels", "joy,joy"], 2, "write different names with commas between them"),
        (["rows.jsonl", "--labels", "joy", "--mapping", "m.json"], 2, "--labels and --mapping both name"),
        (["rows.jsonl", "--labels", "good", "--suggest"], 2, "the model does not know 'good'"),
        (["rows.jsonl", "--labels", ",".join(map(str, range(63)))], 2, "63 labels are more than the 62 keys"),
    ],
)
def test_what_is_wrong_with_texts_or_labels_is_said_before_the_screen_opens(folder, arguments, code, said):
    (folder / "empty.jsonl").write_text("")
    (folder / "blank.csv").write_text("id,text\n1,\n2, \n")
    with Terminal(folder, *arguments, "-o", "labels.jsonl", columns=500) as terminal:
        terminal.wait_for(said)
        assert terminal.ends() == code
        assert "Enter save" not in terminal.shown
    assert not (folder / "labels.jsonl").exists()


def test_ids_that_are_repeated_cost_no_labels_and_are_told(folder):
    write(folder / "rows.jsonl", [{"id": "7", "text": "one"}, {"id": "7", "text": "two"}])
    with Terminal(folder, "rows.jsonl", "-o", "labels.jsonl", "--labels", "joy,anger") as terminal:
        terminal.wait_for("text 1 of 2")
        assert "1 row got an id of its own" in terminal.shown
        terminal.type("j" + ENTER + "a" + ENTER)
        terminal.wait_for("All 2 texts are labelled")
    assert saved(folder / "labels.jsonl") == {"7": ["joy"], "7#2": ["anger"]}


def test_two_raters_are_compared_as_a_table_and_as_json(folder):
    labelled = [{**row, "labels": ["joy"], "judged": ["joy", "fear"]} for row in ROWS]
    write(folder / "a.jsonl", labelled)
    write(folder / "b.jsonl", [{**row, "labels": ["joy"] if row["id"] else []} for row in labelled])
    done = goemox("label", "--agreement", "a.jsonl", "b.jsonl", cwd=folder)
    assert done.returncode == 0, done.stderr
    table = " ".join(done.stdout.decode().split())
    assert "4 texts that both labelled; first: a.jsonl, second: b.jsonl" in table
    assert "joy 4 4 3 3 0.750 0.000 0.857" in table
    assert "fear 4 0 0 0 1.000 – –" in table
    assert "1 text was labelled differently 0: joy | none: text number 0" in table
    assert "4 common texts are too few to judge two raters by; label 30 or more" in done.stderr.decode()
    assert "mean kappa 0.000, over the labels that either gave" in table
    assert "mean kappa has no interval: 1 of 2 labels was given in fewer than 5 texts" in done.stderr.decode()
    found = json.loads(goemox("label", "--agreement", "a.jsonl", "b.jsonl", "--json", cwd=folder).stdout)
    assert (found["schema"], found["n"], found["too_small"]) == ("goemox.agreement/1", 4, True)
    assert found["per_label"][0]["kappa"] is None


def test_raters_with_few_common_labels_are_told_on_how_many_they_are_compared(folder):
    write(folder / "a.jsonl", [{**row, "labels": ["joy"], "judged": ["joy", "fear"]} for row in ROWS])
    write(folder / "b.jsonl", [{**row, "labels": ["joy"], "judged": ["joy"]} for row in ROWS])
    write(folder / "c.jsonl", [{**row, "labels": ["anger"], "judged": ["anger"]} for row in ROWS])
    done = goemox("label", "--agreement", "a.jsonl", "b.jsonl", cwd=folder)
    assert "compared on 1 of 2 labels: those that both looked for" in done.stdout.decode()
    done = goemox("label", "--agreement", "b.jsonl", "c.jsonl", cwd=folder)
    assert (done.returncode, done.stdout) == (4, b"")
    assert "looked for no common label" in done.stderr.decode()


def test_no_emotion_in_any_text_is_an_answer_that_is_compared_and_gone_on_from(folder):
    for rater in ("a", "b"):
        write(folder / f"{rater}.jsonl", [{**row, "labels": []} for row in ROWS])
    done = goemox("label", "--agreement", "a.jsonl", "b.jsonl", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "same labels 1.000 (95 % interval 0.510 to 1.000)" in " ".join(done.stdout.decode().split())
    write(folder / "a.jsonl", [{**row, "labels": []} for row in ROWS[:3]])
    with Terminal(folder, "rows.jsonl", "-o", "a.jsonl") as terminal:
        terminal.wait_for("text 4 of 4 · 3 labelled")


def test_a_files_name_cannot_write_to_the_terminal(folder):
    name = "\x1b[31mred.jsonl"
    write(folder / name, [{**row, "labels": ["joy"]} for row in ROWS])
    done = goemox("label", "--agreement", name, name, cwd=folder)
    assert b"\x1b" not in done.stdout + done.stderr
    assert rb"first: \x1b[31mred.jsonl" in done.stdout


def test_what_a_settings_file_holds_for_labelling_is_no_matter_of_agreement(folder):
    (folder / "goemox.toml").write_text('[label]\nrater = "me"\n')
    write(folder / "a.jsonl", [{"id": 1, "text": "oh", "labels": ["joy"]}])
    done = goemox("label", "--agreement", "a.jsonl", "a.jsonl", cwd=folder)
    (folder / "goemox.toml").unlink()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {"id": 1, "text": "oh"},
            "no column is called labels, where a rater's stand; columns here: id, t",
        ),
        ({"id": 1, "text": "oh", "labels": [], "domain_percentile": 3}, "these are predictions of goemox"),
        ({"id": 1, "a": "oh", "b": "no", "labels": []}, "Choose one with --text-column"),
    ],
)
def test_what_is_no_raters_file_is_refused_with_options_that_label_has(folder, row, said):
    write(folder / "a.jsonl", [row])
    done = goemox("label", "--agreement", "a.jsonl", "a.jsonl", cwd=folder)
    assert done.returncode == 4
    assert said in done.stderr.decode()
    assert "--label-column" not in done.stderr.decode()
