"""Which rows a report shows, on planted scores and, at the end, on real titles with the real model."""

import json
import shutil

import numpy as np
import pytest

import goemox
from goemox.model_folder import SUMS, default_folder
from goemox.records import TextRecord
from goemox.studies.examples import DRAWN, EACH, Kind, telling_rows

LABELS = ("joy", "anger", "grief", "neutral")
CHOSEN = (
    "most certain emotion",
    "most typical",
    "most surprising",
    "most doubtful",
    "farthest out",
)


def records(n):
    return [TextRecord(str(i), f"text {i}") for i in range(n)]


def planted(n=200):
    """Neutral texts (0.8), of which every tenth is joy (0.7) instead; what is planted is changed after."""
    generator = np.random.default_rng(0)
    p = np.full((n, 4), (0.05, 0.05, 0.01, 0.8)) + generator.random((n, 4)) * 0.01
    p[::10] = (0.7, 0.05, 0.01, 0.2)
    return p


def rows_of(p, kind=None, **more):
    far = np.linspace(0, 100, len(p))
    found = telling_rows(records(len(p)), LABELS, p, p > 0.3, far, far <= 95, **more)
    return [row for row in found if kind in (None, row["why"])]


def first(p, kind, **more):
    return rows_of(p, kind, **more)[0]


def test_no_text_stands_there_twice_and_random_ones_come_first():
    found = rows_of(planted())
    assert len({row["id"] for row in found}) == len(found)
    assert [row["why"] for row in found[:DRAWN]] == [Kind.RANDOM] * DRAWN
    assert [row["why"] for row in found[DRAWN:]] == [
        kind for kind in CHOSEN for _ in range(sum(row["why"] == kind for row in found))
    ]
    assert all(sum(row["why"] == kind for row in found) <= EACH for kind in CHOSEN)


def test_every_row_carries_all_its_scores_the_largest_first_and_its_reason():
    for row in rows_of(planted()):
        assert set(row["scores"]) == set(LABELS)
        assert list(row["scores"].values()) == sorted(row["scores"].values(), reverse=True)
        assert bool(row["note"]) == (row["why"] != Kind.RANDOM)
        assert "true_labels" not in row


def test_the_surest_text_of_an_emotion_is_shown_and_neutral_is_none():
    p = planted()
    p[17] = (0.05, 0.93, 0.01, 0.02)
    p[18] = (0.05, 0.01, 0.01, 0.99)
    found = rows_of(p, "most certain emotion")
    assert (found[0]["id"], found[0]["labels"]) == ("17", ["anger"])
    assert found[0]["note"] == "no other text scores higher for anger: 0.93"
    assert "18" not in [row["id"] for row in found]


def test_surprising_is_what_is_rare_here_and_sure_not_what_is_sure_and_usual():
    p = planted()
    p[3:40:4] = (0.05, 0.9, 0.01, 0.02)  # usual enough
    p[55:57] = [(0.02, 0.02, 0.62, 0.1), (0.02, 0.02, 0.61, 0.1)]  # rare; one of them is the surest grief
    p[77] = (0.02, 0.31, 0.6, 0.1)  # rare, and together with another
    row = first(p, "most surprising")
    assert (row["id"], row["labels"]) == ("77", ["grief", "anger"])
    assert row["note"] == "grief (0.60) is given to 3 of 200 texts, anger (0.31) to 11; surprise 4.9 bits"


def test_where_all_texts_are_given_the_same_nothing_is_surprising():
    assert rows_of(np.full((30, 4), 0.9), "most surprising") == []
    assert rows_of(np.full((30, 4), 0.1), "most surprising") == []


def test_the_doubtful_the_typical_and_the_far_text_are_shown_with_their_numbers():
    p = planted()
    p[60], p[61], p[199] = (0.21, 0.04, 0.01, 0.15), p.mean(axis=0), (0.05, 0.05, 0.01, 0.88)
    assert first(p, "most doubtful")["id"] == "60"
    assert first(p, "most doubtful")["note"] == "no label scores more than 0.21 (joy)"
    assert first(p, "most typical")["id"] == "61"
    far = first(p, "farthest out")
    assert (far["id"], far["domain_percentile"], far["in_domain"]) == ("199", 100.0, False)
    assert far["note"] == "farther out than 99.99% of the texts that it knows"


def test_where_people_looked_the_surest_mistake_and_the_missed_label_are_shown():
    p, truth = planted(), planted() > 0.3
    p[20] = (0.95, 0.05, 0.01, 0.02)
    truth[20] = (False, True, False, False)
    truth[41] = (False, False, True, True)
    p[41, 2] = 0.0002
    wrong, missed = (first(p, kind, truth=truth) for kind in ("surest mistakes", "missed"))
    assert (wrong["id"], wrong["labels"], wrong["true_labels"]) == ("20", ["joy"], ["anger"])
    assert wrong["note"] == "joy at 0.95; people said anger"
    assert (missed["id"], missed["true_labels"]) == ("41", ["grief", "neutral"])
    assert missed["note"] == "people said grief; here it scores 0.0002, on average 0.01"


def test_a_label_that_nobody_looked_for_is_no_mistake():
    p, truth = planted(), planted() > 0.3
    truth[20] = False
    judged = np.ones_like(truth)
    judged[20, 0] = False
    assert "20" in [row["id"] for row in rows_of(p, "surest mistakes", truth=truth)]
    assert rows_of(p, "surest mistakes", truth=truth, judged=judged) == []


def test_a_model_without_mistakes_shows_none():
    p = planted()
    assert rows_of(p, "surest mistakes", truth=p > 0.3) == rows_of(p, "missed", truth=p > 0.3) == []


def test_the_draw_is_repeated_by_its_seed_and_another_seed_draws_others():
    p = planted()
    assert rows_of(p, seed=1) == rows_of(p, seed=1)
    drawn = [{row["id"] for row in rows_of(p, Kind.RANDOM, seed=seed)} for seed in (1, 2)]
    assert drawn[0] != drawn[1]


def test_every_text_that_nothing_else_shows_is_drawn_as_often():
    p, counts = planted(40), np.zeros(40)
    for seed in range(600):
        for row in rows_of(p, Kind.RANDOM, seed=seed):
            counts[int(row["id"])] += 1
    drawn = counts[counts > 0]
    expected = 600 * DRAWN / len(drawn)
    assert np.abs(drawn - expected).max() < 5 * np.sqrt(expected)


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_a_domain_of_fewer_texts_than_kinds_shows_each_text_once(n):
    assert sorted(row["id"] for row in rows_of(planted(n))) == [str(i) for i in range(n)]


def test_the_same_text_twice_is_shown_once():
    p = planted(20)
    twice = [TextRecord(str(i), "the same") for i in range(20)]
    assert len(telling_rows(twice, LABELS, p, p > 0.3, None, None)) == 1


def test_a_model_without_neutral_or_with_neutral_alone_is_shown_too():
    p = planted()
    for labels, columns in ((LABELS[:3], slice(0, 3)), (("neutral",), slice(3, 4))):
        found = telling_rows(records(200), labels, p[:, columns], p[:, columns] > 0.3, None, None)
        assert len(found) >= DRAWN
        assert "farthest out" not in {row["why"] for row in found}
        assert all(row["domain_percentile"] is None and row["in_domain"] is None for row in found)


def test_no_text_is_no_row():
    assert rows_of(np.empty((0, 4))) == []


@pytest.mark.parametrize("text", ["<script>", "\x1b[31m", "\u202e", "👩\u200d👧", "x" * 10_000, "\ud83d"])
def test_a_text_is_handed_on_as_it_is(text):
    p = planted(1)
    (row,) = telling_rows([TextRecord("a", text)], LABELS, p, p > 0.3, None, None)
    assert row["text"] == text


@pytest.fixture(scope="module")
def real(goemox_data, tmp_path_factory):
    """300 titles with HTML, ANSI and the rest among them, and 600 labelled comments, studied."""
    folder = tmp_path_factory.mktemp("titles")
    with (goemox_data / "hackernews/titles_2026.jsonl").open(encoding="utf-8") as lines:
        titles = [json.loads(next(lines))["text"] for _ in range(300)]
    titles += ["<script>alert(1)</script>", "\x1b[31mred\x1b[0m", "\u202eevil", "👩\u200d👧", "w " * 5_000]
    rows = "".join(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(titles))
    (folder / "titles.jsonl").write_text(rows, encoding="utf-8")
    with (goemox_data / "goemotions/test.tsv").open(encoding="utf-8") as lines:
        names = (goemox_data / "goemotions/labels.txt").read_text(encoding="utf-8").split()
        parts = [next(lines).split("\t") for _ in range(600)]
    labelled = [
        {"text": text, "labels": "|".join(names[int(j)] for j in given.split(","))}
        for text, given, _ in parts
    ]
    (folder / "people.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in labelled), encoding="utf-8"
    )
    files = {"titles": folder / "titles.jsonl"}
    return goemox.study(data=folder / "people.jsonl", domains=files, seed=3).to_dict()


def test_a_real_study_shows_rows_and_words_of_both_sides(real):
    (titles,), people = real["domains"], real["in_domain"]
    assert {row["why"] for row in titles["examples"]} == {Kind.RANDOM, *CHOSEN}
    assert {row["why"] for row in people["examples"]} == {Kind.RANDOM, "surest mistakes", "missed", *CHOSEN}
    assert all(set(row["scores"]) == set(real["model"]["labels"]) for row in people["examples"])
    assert all("true_labels" in row for row in people["examples"])
    for block in (titles, people):
        assert [each["label"] for each in block["words"]] == real["model"]["labels"]
    thanks = next(each for each in people["words"] if each["label"] == "gratitude")
    assert "thanks" in [word["word"] for word in thanks["words"]]
    assert all(word["n_true"] <= word["n_with"] + word["n_without"] for word in thanks["words"])


def test_the_rows_of_a_model_that_gives_one_label_a_text_are_shown_too():
    scores = np.exp(np.random.default_rng(0).normal(size=(50, 4)))
    p = scores / scores.sum(axis=1, keepdims=True)
    found = telling_rows(records(50), LABELS, p, p == p.max(axis=1, keepdims=True), None, None)
    assert {len(row["labels"]) for row in found} == {1}
    assert {row["why"] for row in found} == {Kind.RANDOM, *CHOSEN[:-1]}


def test_a_model_without_calibration_profile_or_promise_shows_rows_and_words(tmp_path):
    """A plain Hugging Face folder that gives one label a text, on a domain of one row and on one of sixty."""
    folder = tmp_path / "single"
    shutil.copytree(default_folder(), folder)
    for name in ("goemox.json", "reference.safetensors", "evaluation.json", SUMS):
        (folder / name).unlink()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"problem_type": "single_label_classification"}))
    (tmp_path / "one.txt").write_text("I love it!")
    texts = [f"I love the {i}th {what}" for i in range(25) for what in ("song", "house")]
    texts += [f"Release notes, version {i}" for i in range(30)]
    (tmp_path / "many.txt").write_text("\n".join(texts))
    files = {name: tmp_path / f"{name}.txt" for name in ("one", "many")}
    one, many = goemox.study(folder, domains=files).to_dict()["domains"]
    assert [row["text"] for row in one["examples"]] == ["I love it!"]
    assert not any(each["words"] for each in one["words"])
    assert {len(row["labels"]) for row in many["examples"]} == {1}
    assert {row["domain_percentile"] for row in many["examples"]} == {None}
    love = next(each for each in many["words"] if each["label"] == "love")
    assert "love" in [word["word"] for word in love["words"]]


def test_percentiles_that_differ_by_the_last_bits_of_a_sum_are_written_alike():
    p, texts = planted(6), records(6)
    for shift in (13.784466, 13.784458):
        found = telling_rows(texts, LABELS, p, p > 0.3, np.full(6, shift), np.ones(6, dtype=bool))
        assert {row["domain_percentile"] for row in found} == {13.78}
