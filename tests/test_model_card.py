"""The card says what the folder's own files say, and nothing that is not true of the model."""

import orjson
import pytest

from goemox.model_card import adapted_card, model_card
from goemox.model_card_texts import USUAL
from goemox.model_folder import default_folder


@pytest.fixture
def facts():
    return orjson.loads((default_folder() / "goemox.json").read_bytes())


@pytest.fixture
def evaluation():
    return orjson.loads((default_folder() / "evaluation.json").read_bytes())


def test_a_published_model_names_data_licence_noise_and_the_command_that_makes_it(facts, evaluation):
    card = model_card(facts, evaluation)
    assert card.startswith("---\nlanguage: en\nlicense: apache-2.0\n")
    for words in ("CC BY 4.0", "Apache-2.0", "labels are noisy", "it is worse", "goemox train --data"):
        assert words in card


def test_every_label_has_its_row_with_interval_and_threshold(facts, evaluation):
    lines = model_card(facts, evaluation).splitlines()
    for row in evaluation["per_label"]:
        (line,) = [line for line in lines if line.startswith(f"| {row['label']} |")]
        assert f"{row['f1_low']:.3f} to {row['f1_high']:.3f}" in line
        assert line.endswith(f"{row['threshold']:.3f} |")


def test_a_distilled_model_says_how_many_teachers_and_which_texts_it_learned_from(facts, evaluation):
    training = facts["training"] | {
        "distillation": {"n_teachers": 7, "hard_share": 0.3},
        "unlabelled": {"name": "forum", "rows": 12_345},
    }
    card = model_card(facts | {"training": training}, evaluation)
    assert "7 models" in card
    assert "30% people's labels" in card
    assert "12,345 unlabelled texts (forum)" in card
    assert "--recipe release --unlabelled forum.jsonl" in card


def test_a_plain_model_does_not_speak_of_teachers(facts, evaluation):
    training = {k: v for k, v in facts["training"].items() if k not in ("distillation", "unlabelled")}
    card = model_card(facts | {"training": training}, evaluation)
    assert "--recipe release" not in card
    assert "unlabelled" not in card


def test_the_command_of_a_model_on_labels_of_ones_own_has_the_settings_of_its_run(facts, evaluation):
    recipe = {"epochs": 2, "batch_size": 16, "learning_rate": 5e-3, "max_length": 48, "seed": 1}
    training = facts["training"] | {"data": "mine.csv train, 900 rows", "recipe": recipe}
    card = model_card(facts | {"training": training}, evaluation | {"dataset": "mine.csv"})
    assert "--epochs 2 --batch-size 16 --learning-rate 0.005 --max-length 48 --seed 1" in card


def test_a_model_on_labels_of_ones_own_claims_nothing_of_goemotions(facts, evaluation):
    training = facts["training"] | {"data": "mine.csv train, 900 rows"}
    card = model_card(facts | {"training": training}, evaluation | {"dataset": "mine.csv"})
    for words in ("GoEmotions", "Reddit", "CC BY", "emotion"):
        assert words not in card.split("## Per label")[0]


def test_a_file_called_like_goemotions_or_other_labels_claim_nothing_of_it(facts):
    named = facts | {"training": facts["training"] | {"data": "GoEmotions mine.csv train, 900 rows"}}
    for own in (named, facts | {"labels": ["bug", "feature"]}):
        assert "CC BY" not in model_card(own, None)


def test_without_a_test_split_there_is_no_table_of_results(facts):
    assert "## Results" not in model_card(facts, None)


def test_the_bundled_card_is_the_one_that_its_facts_make(facts, evaluation):
    assert (default_folder() / "README.md").read_text("utf-8") == model_card(facts, evaluation)


def test_a_model_on_another_base_claims_neither_its_licence_nor_another_command(facts, evaluation):
    training = {k: v for k, v in facts["training"].items() if k not in ("distillation", "unlabelled")}
    recipe = training["recipe"] | {"epochs": 1, "learning_rate": 1e-3}
    card = model_card(facts | {"training": training | {"base": "my base", "recipe": recipe}}, evaluation)
    assert "license:" not in card
    assert "Apache-2.0" not in card
    assert "The licence of the base, my base, holds for this model, too." in card
    assert "--data PATH/goemotions --base 'my base' --epochs 1 --learning-rate 0.001 --seed 0" in card


def test_the_command_of_a_model_trained_further_names_the_base_that_was_given(facts):
    further = {"base": "all-MiniLM-L6-v2 via default", "base_given": "default", "rows": 500}
    card = model_card(facts | {"training": facts["training"] | further}, None)
    assert "\nbase_model: all-MiniLM-L6-v2\n" in card
    assert "--data PATH/goemotions --limit 500 --base default --seed 0" in card
    assert "in DistilBERT's architecture" in card


def test_a_model_of_another_architecture_and_of_own_rows_says_nothing_of_distilbert_or_a_point(facts):
    other = {"base_given": "roberta-base", "model_type": "roberta", "data": "mine.csv train, 900 rows"}
    card = model_card(facts | {"training": facts["training"] | other}, None)
    for words in ("DistilBERT", "by about a point"):
        assert words not in card
    assert "--train-file FILE --base roberta-base" in card


def test_the_settings_that_a_card_leaves_out_are_those_of_a_run_without_options():
    from goemox.training.loop import Recipe

    assert {name: getattr(Recipe(), name) for name in USUAL} == USUAL


def test_without_figures_the_card_points_at_none(facts):
    card = model_card(facts | {"training": facts["training"] | {"data": "mine.csv train, 900 rows"}}, None)
    for words in ("only reported", "intervals"):
        assert words not in card


@pytest.mark.parametrize(
    ("labels_by", "moved", "said", "not_said"),
    [
        (None, True, "The sets no longer: see the end.", "fitted again before"),
        (
            "calibrate",
            False,
            "Their rule was fitted again before that, by `goemox calibrate`.",
            "domain_percentile",
        ),
    ],
)
def test_a_card_of_fitted_groups_says_what_stayed_and_what_moved(facts, labels_by, moved, said, not_said):
    adapted = {
        "by": "adapt", "labels_by": labels_by, "n": 120, "name": "isear", "grouping": "ekman", "moved": moved,
        "rows_sha256": "0" * 64,
    }  # fmt: skip
    end = adapted_card(facts | {"adapted": adapted}, None)
    assert said in end
    assert not_said not in end.partition("## The decision rule was fitted again")[2]
    foreign = {key: facts[key] for key in ("name", "labels", "mappings", "goemox_version")}
    assert "calibrated probabilities" not in adapted_card(
        foreign | {"adapted": adapted, "fitted_on": ""}, None
    )
