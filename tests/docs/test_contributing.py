"""CONTRIBUTING.md names every room, and every room but training is told to do without torch."""

import re
import tomllib

from reference_parts.blocks import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
LAYERS, WITHOUT_TORCH, THROUGH_TRAINING = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
    "importlinter"
]["contracts"]
ROOMS = {room for layer in LAYERS["layers"] for room in layer.split(" | ")}


def test_every_room_is_in_the_table():
    named = {
        name for cell in re.findall(r"^\| (`[^|]+) \|", PAGE, re.M) for name in re.findall(r"`(\w+)`", cell)
    }
    assert named == ROOMS


def test_every_room_but_training_is_told_to_do_without_torch():
    told = {*WITHOUT_TORCH["source_modules"], *THROUGH_TRAINING["source_modules"]}
    assert told == {f"goemox.{room}" for room in ROOMS - {"training"}}


def test_every_file_that_the_page_leads_to_is_there():
    sources = ROOT / "src" / "goemox"
    missing = [
        path
        for path in re.findall(r"`(\w+/\w+\.py)`", PAGE)
        if not (ROOT / path).exists() and not (sources / path).exists()
    ]
    assert missing == []
