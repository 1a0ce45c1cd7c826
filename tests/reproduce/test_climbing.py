"""A whole climb on a tiny base, what happens when it is started again, and its three files."""

import math
import shutil
from dataclasses import replace
from xml.etree import ElementTree

import orjson
import pytest

from goemox.errors import InvalidModel, UsageError
from goemox.model_folder import SUMS, default_folder
from goemox.report.ladder import ladder_markdown, ladder_picture, write_ladder
from goemox.reproduce import reproduce
from goemox.reproduce.plan import RUNGS

PLACES = ("hackernews", "github")
SVG = "{http://www.w3.org/2000/svg}"


def trained(said):
    return [line for line in said if "training on" in line]


def undated(content):
    return {key: value for key, value in content.items() if key != "date"}


def test_every_rung_tells_the_promised_figures(climbed):
    _, _, content = climbed
    assert content["schema"] == "goemox.ladder/1"
    assert content["quick"] is True
    assert content["machine"]["cores"] >= 1
    assert [rung["name"] for rung in content["rungs"]] == [rung.name for rung in RUNGS]
    for rung in content["rungs"]:
        assert len(rung["seeds"]) == (1 if rung["name"] == "release" else 2)
        for seed in rung["seeds"]:
            for name in ("macro_f1", "micro_f1", "top1_accuracy", "mean_average_precision", "ece_mean"):
                assert 0 <= seed[name] <= 1
            for shares in (seed, *(seed["outside"][place] for place in PLACES)):
                assert 0 <= shares["neutral_share"] + shares["no_label_share"] <= 1
        assert rung["summary"]["macro_f1"]["low"] <= rung["summary"]["macro_f1"]["mean"]
    assert all(row["source"] == "sample" for row in content["outside"])


def test_the_naive_rungs_tell_the_studys_own_figures_and_the_others_do_not(climbed):
    for rung in climbed[2]["rungs"]:
        assert ("study" in rung["seeds"][0]) == rung["name"].startswith("naive")
    study = climbed[2]["rungs"][0]["seeds"][0]["study"]
    assert study["validation_rows"] == 12
    assert len(study["confusion"]["labels"]) == len(study["confusion"]["counts"]) == 10


def test_thresholds_and_calibration_are_decisions_on_the_same_weights(climbed):
    half, cut, calibrated = climbed[2]["rungs"][4:7]
    for seed in (0, 1):
        same = ("mean_average_precision", "ece_mean", "top1_accuracy")
        assert [half["seeds"][seed][name] for name in same] == [cut["seeds"][seed][name] for name in same]
    assert calibrated["summary"]["ece_mean"]["mean"] != half["summary"]["ece_mean"]["mean"]
    assert len([line for line in trained(climbed[1]) if "rung 5" in line]) == 2
    assert not [line for line in trained(climbed[1]) if "rung 6" in line or "rung 7" in line]


def test_all_labels_learns_from_the_rows_and_at_the_rate_of_the_best_naive_model(climbed):
    naive, labels = climbed[2]["rungs"][1:3]
    for one, other in zip(naive["seeds"], labels["seeds"], strict=True):
        assert one["learning_rate"] == other["learning_rate"]
        assert one["rows"] == other["rows"] == 48


def test_a_finished_climb_is_not_trained_again(climbed, data, plan):
    folder, _, content = climbed
    said = []
    again = reproduce(data, folder, plan=plan, command="goemox reproduce", say=said.append)
    assert trained(said) == []
    assert undated(again) == undated(content)


def test_only_what_is_missing_is_done_again(climbed, data, plan):
    folder, _, content = climbed
    for name in ("thresholds-1", "release-0", "naive-best-rate-0"):
        (folder / "rungs" / f"{name}.json").unlink()
    (folder / "rungs" / "all-rows-0.json").write_text('{"torn')
    (folder / "runs" / "all-rows-0.safetensors").write_bytes(b"torn")
    said = []
    again = reproduce(data, folder, plan=plan, command="goemox reproduce", say=said.append)
    assert [line.split(":")[0] for line in trained(said)] == ["rung 4 of 8, all rows, seed 0"]
    assert undated(again) == undated(content)


class Killed(Exception):
    pass


def test_a_killed_climb_goes_on_where_it_stopped(data, plan, tmp_path):
    one = replace(plan, seeds=1)

    def kill(message):
        if message.startswith("rung 4 of 8") and "training on" in message:
            raise Killed

    with pytest.raises(Killed):
        reproduce(data, tmp_path, plan=one, say=kill)
    assert {path.name for path in (tmp_path / "rungs").iterdir()} == {
        "naive-0.json", "naive-best-rate-0.json", "all-labels-0.json",
    }  # fmt: skip
    said = []
    reproduce(data, tmp_path, plan=one, say=said.append)
    assert [line.split(",")[0] for line in trained(said)] == ["rung 4 of 8", "rung 5 of 8"]


def test_another_plan_is_another_climb(climbed, data, plan, tmp_path):
    folder, said = shutil.copytree(climbed[0], tmp_path / "climb"), []
    reproduce(data, folder, plan=replace(plan, all_rows=70, seeds=1), say=said.append)
    assert [line.split(",")[0] for line in trained(said)] == ["rung 4 of 8", "rung 5 of 8"]


def test_models_from_elsewhere_are_measured_and_not_trained(climbed, data, plan, tmp_path):
    folder, said = shutil.copytree(climbed[0], tmp_path / "climb"), []
    content = reproduce(
        data, folder, plan=replace(plan, seeds=1), models={"optimisation": ["default", "default"]},
        say=said.append,
    )  # fmt: skip
    assert not [line for line in trained(said) if "rung 5" in line]
    rungs = content["rungs"]
    assert [len(rung["seeds"]) for rung in rungs[4:]] == [2, 2, 2, 1]
    assert rungs[6]["seeds"][0]["macro_f1"] == rungs[7]["seeds"][0]["macro_f1"] > 0.3


def test_a_softmax_model_is_no_rung_of_models_that_decide_each_label(data, plan, tmp_path):
    folder = shutil.copytree(default_folder(), tmp_path / "single")
    for name in ("goemox.json", "reference.safetensors", "evaluation.json", SUMS):
        (folder / name).unlink()
    config = orjson.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_bytes(
        orjson.dumps(config | {"problem_type": "single_label_classification"})
    )
    with pytest.raises(InvalidModel, match="single: gives each text one label"):
        reproduce(data, tmp_path / "out", plan=plan, models={"optimisation": [folder]})


def test_a_rung_that_cannot_be_brought_is_named(data, plan, tmp_path):
    with pytest.raises(UsageError, match="'naive'; rungs: all-labels"):
        reproduce(data, tmp_path, plan=plan, models={"naive": ["default"]})
    assert list(tmp_path.iterdir()) == []


def test_on_test_the_rules_of_dev_decide(climbed, data, plan, tmp_path):
    said = []
    folder = shutil.copytree(climbed[0], tmp_path / "climb")
    content = reproduce(data, folder, plan=replace(plan, seeds=1), split="test", say=said.append)
    assert content["split"] == "test"
    assert content["evaluated"]["n"] == 66
    assert content["evaluated"]["rows_sha256"] != climbed[2]["evaluated"]["rows_sha256"]


def test_every_training_tells_what_is_left(climbed):
    lines = [line for line in climbed[1] if "left" in line]
    assert len(lines) == len(trained(climbed[1]))
    assert all("in all" in line for line in lines)
    assert ", 0 s left, " in lines[-1]


def test_the_three_files_are_written_and_the_json_is_the_document(climbed, tmp_path):
    content = climbed[2]
    assert write_ladder(content, tmp_path) == tmp_path / "ladder.md"
    assert {path.name for path in tmp_path.iterdir()} == {"ladder.json", "ladder.md", "ladder.svg"}
    assert orjson.loads((tmp_path / "ladder.json").read_bytes()) == content


def test_the_picture_stands_alone_and_has_a_dot_for_every_seed_and_a_mean_for_every_rung(climbed):
    content = climbed[2]
    root = ElementTree.fromstring(ladder_picture(content))
    assert root.tag == f"{SVG}svg"
    assert "var(" not in root.find(f"{SVG}style").text
    dots = [node for node in root.iter(f"{SVG}circle") if node.find(f"{SVG}title") is not None]
    seeds = [node for node in root.iter(f"{SVG}circle") if "hollow" in node.get("class")]
    assert len(dots) == 8
    assert len(seeds) == 7 * 2 + 1 + 1  # and one in the key
    places = [float(dot.get("cx")) for dot in dots]
    order = sorted(range(8), key=lambda i: content["rungs"][i]["summary"]["macro_f1"]["mean"])
    assert [places[i] for i in order] == sorted(places)


def test_every_mark_lies_inside_the_picture(climbed):
    content = climbed[2]
    root = ElementTree.fromstring(ladder_picture(content))
    width, height = float(root.get("width")), float(root.get("height"))
    for node in root.iter():
        for name, limit in (
            ("x", width),
            ("x1", width),
            ("x2", width),
            ("cx", width),
            ("y", height),
            ("cy", height),
        ):
            value = node.get(name)
            least = 0 if "x" in name else -math.inf  # marks of a row may stand above its line
            assert value is None or least <= float(value) <= limit, (node.tag, name)
        if node.tag == f"{SVG}rect" and node.get("width", "").replace(".", "").isdigit():
            assert float(node.get("x", 0)) + float(node.get("width")) <= width


def test_a_quick_ladder_says_so_in_every_output_and_a_full_one_nowhere(climbed):
    content = climbed[2]
    full = content | {"quick": False}
    for draw in (ladder_markdown, ladder_picture):
        assert "Quick version" in draw(content)
        assert "Quick version" not in draw(full)


def test_the_markdown_has_a_row_for_every_rung_and_the_command(climbed):
    content = climbed[2]
    text = ladder_markdown(content)
    for number, rung in enumerate(content["rungs"], start=1):
        assert f"| {number} | {rung['title']} | {rung['repair']} |" in text
    assert "Made by `goemox reproduce`" in text
    assert "Confusions of “naive”" in text
    assert "samples were written for goemox" in text
