from xml.etree import ElementTree

import orjson
import pytest

from goemox.report.ladder import ladder_markdown, ladder_picture, write_ladder

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def content(climbed):
    return climbed[2]


def test_the_three_files_are_written_and_the_json_is_the_document(content, tmp_path):
    assert write_ladder(content, tmp_path) == tmp_path / "ladder.md"
    assert {path.name for path in tmp_path.iterdir()} == {"ladder.json", "ladder.md", "ladder.svg"}
    assert orjson.loads((tmp_path / "ladder.json").read_bytes()) == content


def test_the_picture_stands_alone_and_has_a_dot_for_every_seed_and_a_mean_for_every_rung(content):
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


def test_every_mark_lies_inside_the_picture(content):
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
            assert value is None or float(value) <= limit


def test_a_quick_ladder_says_so_in_every_output_and_a_full_one_nowhere(content):
    full = content | {"quick": False}
    for draw in (ladder_markdown, ladder_picture):
        assert "Quick version" in draw(content)
        assert "Quick version" not in draw(full)


def test_the_markdown_has_a_row_for_every_rung_and_the_command(content):
    text = ladder_markdown(content)
    for number, rung in enumerate(content["rungs"], start=1):
        assert f"| {number} | {rung['title']} | {rung['repair']} |" in text
    assert "Made by `goemox reproduce`" in text
    assert "Confusions of “naive”" in text
    assert "samples were written for goemox" in text
