"""The map of texts: planted clouds, few texts, repeats, and the real model on real titles."""

import json

import numpy as np
import pytest

import goemox
from goemox.domain_shift import DomainSample, ReferenceSample
from goemox.report.page import render
from goemox.scores import ScoreMatrix, sigmoid
from goemox.studies.references import Reference
from goemox.studies.text_map import text_map

LABELS = ("joy", "anger", "neutral")
SIZES = {"x", "y", "label", "score", "percentile", "text", "id"}


def cloud(n, seed, move=0.0, d=16):
    return np.random.default_rng(seed).normal(move, 1.0, (n, d)).astype(np.float16)


def reference_of(coordinates):
    n = len(coordinates)
    p = np.full((n, 3), 0.2)
    return Reference(ReferenceSample(LABELS, p, p > 0.3, coordinates=coordinates), None)


def sample_of(name, coordinates, texts=None, source="file"):
    n = 0 if coordinates is None else len(coordinates)
    n = n or 30
    logits = np.random.default_rng(5).normal(size=(n, 3)).astype(np.float32)
    scores = ScoreMatrix(
        tuple(f"{name}-{i}" for i in range(n)),
        LABELS,
        logits,
        None,
        np.zeros(n, bool),
        np.full(n, 5),
        "0" * 64,
    )
    p = sigmoid(logits)
    return DomainSample(
        name, scores, p, p > 0.3, coordinates=coordinates, source=source,
        domain_percentile=np.linspace(0, 100, n), in_domain=np.linspace(0, 100, n) <= 95,
        texts=[f"text {i}" for i in range(n)] if texts is None else texts,
    )  # fmt: skip


HOME = reference_of(cloud(600, 0))


def test_two_clouds_apart_keep_to_themselves_and_one_cloud_twice_does_not():
    found = text_map(HOME, [sample_of("far", cloud(300, 1, move=3.0)), sample_of("home", cloud(300, 2))])
    far, home = found["mixing"]
    assert (far["name"], home["name"]) == ("far", "home")
    assert far["neighbours_reference"] < 0.05
    assert far["in_picture"] < 0.1
    assert far["p_adjusted"] == 0.002
    assert home["low"] <= home["neighbours_reference"] <= home["high"]
    assert abs(home["in_picture"] - home["expected"]) < 0.1
    assert home["p_adjusted"] > 0.05


def test_every_point_has_its_place_label_probability_and_words():
    (found,) = text_map(HOME, [sample_of("far", cloud(120, 1))])["sets"]
    assert (found["n"], found["shown"]) == (120, 120)
    for key in SIZES:
        assert len(found[key]) == 120
    assert len(found["reference_x"]) == len(found["reference_y"]) == 400
    for key in ("x", "y", "reference_x", "reference_y"):
        assert all(0 <= value <= 1 for value in found[key])
    assert found["id"] == [f"far-{i}" for i in range(120)]
    assert found["text"][7] == "text 7"


def test_many_texts_are_drawn_by_lot_in_their_order_and_many_domains_share_the_room():
    found = text_map(HOME, [sample_of("many", cloud(900, 1))])["sets"][0]
    assert (found["n"], found["shown"]) == (900, 400)
    places = [int(row.split("-")[1]) for row in found["id"]]
    assert places == sorted(set(places))
    domains = [sample_of(f"d{i}", cloud(200, i)) for i in range(12)]
    assert {each["shown"] for each in text_map(HOME, domains)["sets"]} == {100}


@pytest.mark.parametrize("n", [1, 2, 9])
def test_fewer_than_ten_texts_are_left_out_by_name(n):
    assert text_map(HOME, [sample_of("tiny", cloud(n, 1))]) is None
    found = text_map(HOME, [sample_of("tiny", cloud(n, 1)), sample_of("large", cloud(60, 1))])
    assert found["left_out"] == ["tiny"]
    assert [each["name"] for each in found["sets"]] == ["large"]


def test_ten_to_fortynine_texts_are_drawn_without_a_claim():
    found = text_map(HOME, [sample_of("few", cloud(12, 1))])
    assert [each["shown"] for each in found["sets"]] == [12]
    assert found["mixing"] == []


def test_a_model_without_coordinates_has_no_map():
    assert text_map(HOME, [sample_of("x", None)]) is None
    assert text_map(HOME, []) is None
    bare = Reference(ReferenceSample(LABELS, np.full((60, 3), 0.2), np.zeros((60, 3), bool)), None)
    assert text_map(bare, [sample_of("x", cloud(60, 1))]) is None


def test_repeats_and_constant_texts_stay_finite_json():
    same = np.zeros((80, 16), dtype=np.float16)
    found = text_map(reference_of(same), [sample_of("same", same), sample_of("other", cloud(60, 3))])
    json.dumps(found, allow_nan=False)
    assert "null" not in json.dumps([each["x"] + each["y"] for each in found["sets"]])
    mixing = found["mixing"][0]
    assert mixing["low"] <= mixing["neighbours_reference"] <= mixing["high"]


def test_long_texts_are_cut_on_one_line():
    texts = ["word\n\t " * 5000, "<script>alert(1)</script>", "é" * 90, *["x"] * 57]
    found = text_map(HOME, [sample_of("long", cloud(60, 1), texts)])["sets"][0]["text"]
    assert max(map(len, found)) <= 90
    assert "\n" not in "".join(found)
    assert found[0].startswith("word word")
    assert found[0].endswith("…")
    assert found[1] == "<script>alert(1)</script>"
    assert found[2] == "é" * 90


def test_the_same_texts_and_seed_give_the_same_bytes():
    domains = [sample_of("a", cloud(500, 1)), sample_of("b", cloud(70, 2, 0.5))]
    assert json.dumps(text_map(HOME, domains)) == json.dumps(text_map(HOME, domains))
    assert json.dumps(text_map(HOME, domains)) != json.dumps(text_map(HOME, domains, seed=1))


@pytest.fixture(scope="module")
def titles(goemox_data, tmp_path_factory):
    """A study of 300 titles of each kind."""
    folder = tmp_path_factory.mktemp("titles")
    for name, file in (("hn", "hackernews/titles_2015_2016.jsonl"), ("gh", "github_issues/titles.jsonl")):
        with (goemox_data / file).open(encoding="utf-8") as lines:
            (folder / f"{name}.jsonl").write_text("".join(next(lines) for _ in range(300)), encoding="utf-8")
    return goemox.study(domains={n: folder / f"{n}.jsonl" for n in ("hn", "gh")}, offline=True).to_dict()


def test_real_titles_keep_to_themselves_and_lie_far_out(titles):
    hn, gh = titles["map"]["mixing"]
    assert gh["neighbours_reference"] < hn["neighbours_reference"] < hn["low"]
    for mixing in (hn, gh):
        assert abs(mixing["in_picture"] - mixing["neighbours_reference"]) < 0.15
    for domain in titles["domains"]:
        ridge = domain["distance"]["ridge"]
        assert sum(ridge["target"]) == domain["n"]
        assert ridge["edges"] == titles["domains"][0]["distance"]["ridge"]["edges"]
        beyond = sum(
            count
            for count, edge in zip(ridge["target"], ridge["edges"][:-1], strict=True)
            if edge >= ridge["cut"]
        )
        assert beyond <= domain["distance"]["share_outside"] * domain["n"] + 1


def test_the_page_of_real_titles_shows_ridge_areas_and_map(titles):
    page = render(titles)
    for key in ("fig-distance", "fig-told-apart", "fig-map"):
        assert f'id="{key}"' in page
    assert page.count("<circle") >= 600


def test_a_model_is_never_further_from_its_own_held_out_texts(goemox_data, classifier):
    """GoEmotions test rows against dev rows: they mix as like texts do."""
    from goemox.data.labelled import load_labelled
    from goemox.domain_shift.neighbours import neighbour_mixing

    records = load_labelled(str(goemox_data / "goemotions"), "test", classifier.labels, offline=True)[:400]
    profile = classifier.profile
    embeddings = classifier.scores([record.text for record in records]).embeddings
    found = neighbour_mixing(profile.coordinates, profile.placed(embeddings).coordinates)
    assert found.low <= found.share <= found.high
