"""Runs that are killed, interrupted or refused: what is done stays, and the end is the same byte for byte."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from tempfile import TemporaryFile

import forked
import polars as pl
import pytest

from goemox.errors import GoemoxError, InvalidInput, UsageError
from goemox.model_folder import default_folder, write_sums
from goemox.scale.batches import BatchScorer
from goemox.scale.local import run_local
from goemox.scale.part_rows import part_tasks
from goemox.scale.parts import write_part
from goemox.scale.plan import SCHEMA, make_plan
from goemox.scale.resume import engine_of_parts, open_folder

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs signals as POSIX has them")
PART_ROWS = 20


@contextmanager
def started(source, folder, *more):
    """`goemox predict` into a folder, in a process of its own, and the file that it tells things in."""
    command = ["predict", "--input", source, "-o", f"{folder}/", "--part-rows", PART_ROWS]
    with TemporaryFile("w+") as told:
        process = forked.start(*command, *more, stderr=told)
        try:
            yield process, told
        finally:
            process.kill()
            process.wait()


def end_of(process, told):
    """What it told until its end."""
    process.wait()
    told.seek(0)
    return told.read()


def parts_in(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("part-*")} if folder.exists() else {}


@POSIX
@pytest.mark.parametrize(("kind", "form"), [("parquet", "parquet"), ("jsonl", "csv")])
def test_a_run_killed_again_and_again_ends_in_the_same_bytes(kind, form, rows_file, run, content, tmp_path):
    source = rows_file(f"in.{kind}", 800, text=lambda i: None if i % 50 == 7 else f"So nice of you {i}")
    whole, _ = run(source, name="whole", part_rows=PART_ROWS, form=form)
    folder, chance, kills = tmp_path / "killed", random.Random(0), 0
    while kills < 3:
        before = parts_in(folder)
        with started(source, folder, "--format", form) as (process, _):
            wanted = len(before) + chance.randint(0, 2)
            while process.poll() is None and len(parts_in(folder)) < wanted:
                time.sleep(0.005)
            time.sleep(chance.random() * 0.03)
        assert process.returncode == -signal.SIGKILL, "it was done before it could be killed"
        kills += 1
        after = parts_in(folder)
        assert before.items() <= after.items(), "a part that was done was lost or made again"
        assert all((folder / name).read_bytes() == (whole / name).read_bytes() for name in after)
    with started(source, folder, "--format", form) as running:
        told = end_of(*running)
    assert running[0].returncode == 4, told
    assert "goes on; " in told
    assert content(folder) == content(whole)


@POSIX
def test_ctrl_c_ends_with_130_keeps_what_is_done_and_says_how_to_go_on(rows_file, tmp_path):
    source, folder = rows_file("in.parquet", 4_000), tmp_path / "out"
    with started(source, folder) as (process, file):
        while process.poll() is None and len(parts_in(folder)) < 2:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        told = end_of(process, file)
    assert process.returncode == 130, told
    n_done = len(parts_in(folder))
    assert 2 <= n_done < 200
    assert f"{folder}: {n_done} of 200 parts are done and stay; the same command goes on from there" in told
    assert not (folder / "done.json").exists()
    assert not list(folder.glob(".*.part"))


def test_a_run_that_stopped_anywhere_is_taken_up_and_the_rest_made(rows_file, run, scorer, content, tmp_path):
    for kind in ("parquet", "jsonl"):
        source = rows_file(f"in.{kind}", 50)
        whole, _ = run(source, name=f"whole-{kind}", part_rows=8)
        folder = tmp_path / f"out-{kind}"
        plan, opened = make_plan(source, scorer, part_rows=8)
        with open_folder(folder, plan) as parts:
            for task in part_tasks(plan, opened):
                if task.number in (0, 3, 6):
                    write_part(parts.path, plan, task.read(plan), scorer)
        plan, opened = make_plan(source, scorer, part_rows=8)
        with open_folder(folder, plan) as parts:
            assert parts.done == {0, 3, 6}
            made = run_local(parts, opened, scorer)
            assert set(made) == {1, 2, 4, 5}
            parts.finish(made)
        assert content(folder) == content(whole)


def test_a_run_that_was_complete_is_left_as_it_is(rows_file, run, content):
    source = rows_file("in.csv", 9)
    folder, totals = run(source, part_rows=4)
    before = content(folder)
    assert run(source, part_rows=4) == (folder, totals)
    assert content(folder) == before


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"part_rows": 3}, "part_rows 4, now 3"),
        ({"form": "csv"}, 'format "parquet", now "csv"'),
        ({"scorer": BatchScorer(threads=1, top_k=2)}, "scoring.top_k null, now 2"),
        ({"scorer": BatchScorer(threads=1, thresholds={"joy": 0.5})}, "scoring.thresholds"),
    ],
    ids=str,
)
def test_a_folder_with_the_parts_of_other_options_is_refused_with_what_differs(
    changed, named, rows_file, run, content
):
    source = rows_file("in.csv", 9)
    folder, _ = run(source, part_rows=4)
    before = content(folder)
    with pytest.raises(UsageError, match=named):
        run(source, **{"part_rows": 4, **changed})
    assert content(folder) == before


def test_a_folder_with_the_parts_of_another_input_is_refused(rows_file, run):
    run(rows_file("in.csv", 9))
    with pytest.raises(UsageError, match=r"input\.0\.bytes \d+, now \d+"):
        run(rows_file("in.csv", 11))
    with pytest.raises(UsageError, match=r"input\.0\.path .*other\.csv"):
        run(rows_file("other.csv", 9))


def test_a_folder_that_is_not_ours_is_refused_and_left_alone(rows_file, run, content, tmp_path):
    source, folder = rows_file("in.csv", 3), tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("precious")
    with pytest.raises(
        UsageError, match=r"holds 1 file that is no part \(mine\.txt\); name a new or an empty"
    ):
        run(source)
    (folder / "mine.txt").rename(folder / "plan.json")
    with pytest.raises(UsageError, match=r"plan\.json: cannot be read"):
        run(source)
    (folder / "plan.json").write_text('{"schema": "theirs/1"}')
    with pytest.raises(UsageError, match="is no plan of parts that this goemox makes"):
        run(source)
    assert set(content(folder)) == {"plan.json"}


def test_two_processes_never_write_into_the_same_folder(rows_file, scorer, tmp_path):
    plan, _ = make_plan(rows_file("in.csv", 3), scorer)
    again = open_folder(tmp_path / "out", plan)
    with (
        open_folder(tmp_path / "out", plan),
        pytest.raises(GoemoxError, match="out: another goemox is writing into this folder; wait for it"),
    ):
        again.__enter__()
    with open_folder(tmp_path / "out", plan):
        pass


def longer(source):
    with source.open("a") as file:
        file.write('{"text": "more"}\n')


def of_the_same_length(source):
    source.write_bytes(source.read_bytes().replace(b"hate", b"love"))
    os.utime(source, ns=(0, 1))


@pytest.mark.parametrize("change", [longer, of_the_same_length])
def test_an_input_that_changes_meanwhile_is_found_out(rows_file, scorer, tmp_path, change):
    source = rows_file("in.jsonl", 6)
    plan, opened = make_plan(source, scorer)
    with open_folder(tmp_path / "out", plan) as parts:
        made = run_local(parts, opened, scorer)
        change(source)
        with pytest.raises(InvalidInput, match="was changed while it was read"):
            parts.finish(made)
    assert not (tmp_path / "out" / "done.json").exists()


def test_a_damaged_part_is_named_with_the_remedy(rows_file, run, content):
    for form in ("parquet", "csv"):
        source = rows_file("in.csv", 9)
        folder, _ = run(source, name=form, part_rows=4, form=form)
        before = content(folder)
        (folder / "done.json").unlink()
        (folder / f"part-00001.{form}").write_bytes(b"")
        with pytest.raises(InvalidInput, match=rf"part-00001\.{form}: is damaged .* makes it again"):
            run(source, name=form, part_rows=4, form=form)
        (folder / f"part-00001.{form}").unlink()
        run(source, name=form, part_rows=4, form=form)
        assert content(folder) == before


@pytest.mark.skipif(not os.path.exists("/dev/full") or os.geteuid() != 0, reason="mounts a small disk")  # noqa: PTH110
def test_a_full_disk_leaves_whole_parts_and_a_message(rows_file, predict, tmp_path):
    source, folder = rows_file("in.parquet", 3_000), tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", folder], check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        done = predict("--input", source, "-o", f"{folder}/out/", "--part-rows", "200")
        assert done.returncode == 1
        assert "cannot be written (No space left on device)" in done.stderr
        assert "the same command goes on from there" in done.stderr
        (folder / "out" / "plan.json").unlink()
        for part in (folder / "out").iterdir():  # two are made at a time: one may fit after one that did not
            number = int(re.fullmatch(r"part-(\d{5})\.parquet", part.name)[1])
            ids = [f"c{i}" for i in range(200 * number, 200 * (number + 1))]
            assert pl.read_parquet(part)["id"].to_list() == ids
    finally:
        subprocess.run(["umount", folder], check=True)


def test_an_error_in_one_part_ends_the_run_and_leaves_the_others(rows_file, scorer, tmp_path):
    class Failing(BatchScorer):
        def answers(self, texts, progress=None):
            if any(text.endswith(" 30") for text in texts):
                raise GoemoxError("the model fell over")
            return super().answers(texts, progress)

    failing = Failing(threads=1)
    plan, opened = make_plan(rows_file("in.csv", 60), failing, part_rows=10)
    with (
        open_folder(tmp_path / "out", plan) as parts,
        pytest.raises(GoemoxError, match="the model fell over"),
    ):
        run_local(parts, opened, failing, workers=1)
    assert {path.name for path in (tmp_path / "out").glob("part-*")} >= {
        f"part-0000{n}.parquet" for n in (0, 1, 2)
    }
    assert not (tmp_path / "out" / "part-00003.parquet").exists()


def test_parts_are_counted_again_whatever_their_folder_is_called(rows_file, run):
    source = rows_file("in.jsonl", 6)
    for form in ("parquet", "csv", "jsonl"):
        _, totals = run(source, name=f"{form} [1]*", part_rows=3, form=form)
        assert run(source, name=f"{form} [1]*", part_rows=3, form=form)[1] == totals
        assert totals.rows == 6


@pytest.mark.parametrize(("runtime", "found"), [("onnxruntime", "onnxruntime"), ("gone", None), (None, None)])
def test_a_run_that_chooses_its_engine_goes_on_with_that_of_its_parts(tmp_path, runtime, found):
    assert engine_of_parts(tmp_path / "new") is None
    if runtime is not None:
        plan = {"schema": SCHEMA, "scoring": {"runtime": runtime}}
        (tmp_path / "plan.json").write_text(json.dumps(plan))
    assert engine_of_parts(tmp_path) == found


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_auto_takes_up_the_parts_of_either_engine(rows_file, run, predict, tmp_path, runtime):
    pytest.importorskip(runtime)
    source = rows_file("in.jsonl", 12)
    folder, _ = run(source, scorer=BatchScorer(threads=1, runtime=runtime), part_rows=6)
    (folder / "part-00001.parquet").unlink()
    (folder / "done.json").unlink()
    done = predict("--input", source, "-o", f"{folder}/", "--part-rows", 6, "--runtime", "auto")
    assert done.returncode == 0, done.stderr
    assert (folder / "part-00001.parquet").exists()


def test_what_was_done_is_counted_again_when_a_run_goes_on(rows_file, run):
    source = rows_file("in.jsonl", 30, text=lambda i: ["", "Thanks!", "x = malloc(4096); // FIXME"][i % 3])
    for form in ("parquet", "csv", "jsonl"):
        folder, totals = run(source, name=form, part_rows=7, form=form)
        counted = json.loads((folder / "done.json").read_text())
        assert counted == {"schema": "goemox.parts/1", **totals.to_dict()}
        assert (totals.rows, totals.bad) == (20, 10)
        assert run(source, name=form, part_rows=7, form=form)[1] == totals


def test_parts_of_another_model_under_the_same_path_are_refused(rows_file, run, tmp_path):
    model, source = shutil.copytree(default_folder(), tmp_path / "model"), rows_file("in.csv", 9)
    run(source, scorer=BatchScorer(model=str(model), threads=1))
    (model / "README.md").write_text("trained again")
    write_sums(model)
    with pytest.raises(UsageError, match=r"scoring\.model_sha256"):
        run(source, scorer=BatchScorer(model=str(model), threads=1))


def test_a_part_is_not_there_before_its_errors(rows_file, scorer, tmp_path):
    plan, opened = make_plan(rows_file("in.jsonl", 3, text=lambda i: "" if i else "ok"), scorer)
    with open_folder(tmp_path / "out", plan) as parts:
        (parts.path / "errors-00000.jsonl").mkdir()  # where they cannot be written
        rows = next(part_tasks(plan, opened)).read(plan)
        with pytest.raises(GoemoxError):
            write_part(parts.path, plan, rows, scorer)
    assert not (tmp_path / "out" / "part-00000.parquet").exists()
