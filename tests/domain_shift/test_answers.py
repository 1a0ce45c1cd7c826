import numpy as np
import pytest

from goemox.domain import hash_words
from goemox.domain_shift import DomainSample, ReferenceSample, compare
from goemox.domain_shift.answers import answers, how_far
from goemox.domain_shift.far_out import far_out
from goemox.domain_shift.phrases import ADAPTED_TO
from goemox.scores import ScoreMatrix, sigmoid

LABELS = ("joy", "fear", "neutral")
WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")


def texts_of(generator, n, words):
    return [" ".join(generator.choice(words, 6)) for _ in range(n)]


def drawn(generator, n, neutral):
    """Logits of n texts of which a share is neutral, and what people say of them."""
    is_neutral = generator.random(n) < neutral
    logits = generator.normal(-3, 1, (n, 3))
    logits[is_neutral, 2] += 6
    logits[~is_neutral, 0] += 6
    return logits, np.stack([~is_neutral, np.zeros(n, dtype=bool), is_neutral], axis=1)


def entry_of(neutral=0.33, n=400, move=0.0, words=WORDS, outside=0.05, name="titles", reference=None, **more):
    generator = np.random.default_rng(2)
    before, truth = drawn(generator, 600, 0.33)
    compared_with = ReferenceSample(
        LABELS, sigmoid(before), sigmoid(before) >= 0.4, **(reference or {}), logits=before,
        n_words=np.full(600, 6), truth=truth,
        distances=generator.normal(10, 1, 600), coordinates=generator.normal(0, 1, (600, 5)),
        words=hash_words(texts_of(generator, 600, WORDS)),
    )  # fmt: skip
    logits = drawn(generator, n, neutral)[0].astype(np.float32)
    ids = tuple(map(str, range(n)))
    scores = ScoreMatrix(ids, LABELS, logits, None, np.zeros(n, bool), np.full(n, 5), "0" * 64)
    target = DomainSample(
        name, scores, sigmoid(logits), sigmoid(logits) >= 0.4,
        domain_percentile=np.where(np.arange(n) < outside * n, 99.0, 50.0),
        in_domain=np.arange(n) >= outside * n, n_words=np.full(n, 6),
        distances=generator.normal(10 + move, 1, n), coordinates=generator.normal(move, 1, (n, 5)),
        texts=texts_of(generator, n, words), **more,
    )  # fmt: skip
    return compare(compared_with, target).to_dict()


def test_a_flat_comparison_does_not_read_as_a_finding():
    said = " ".join(answers(entry_of()))
    assert "Neither: neutral is no more frequent than at home" in said
    assert "No label's scores differ beyond chance, nor do the texts as a whole" in said
    assert "not surely more than usual" in said
    for claim in ("7 in 10", "ostly", "These texts say", "finds the foreign one", "Yet they are"):
        assert claim not in said


def test_a_planted_shift_is_told_with_its_numbers():
    words = (*WORDS[:4], "server", "release", *(f"word{i}" for i in range(20)))
    entry = entry_of(neutral=0.9, move=2.5, words=words, outside=0.6, has_promise=True)
    said = " ".join(answers(entry))
    assert "people called 3" in said
    assert "60 of 100 texts are stranger to the model than all but 5 of 100" in said
    assert ".7 does not mean 7 in 10, and predict gives them no list of likely labels" in said
    assert any(f"“{word}”" in said for word in words[4:])
    assert "neutral (to 9" in said.split("given most differently:")[1]
    assert "it is not only their length" in said


def test_what_remains_is_laid_to_the_texts_only_where_nothing_speaks_against_them():
    near = entry_of(neutral=0.8)
    assert "the rest is in the texts" in answers(near)[0] or "Not collapse" in answers(near)[0]
    assert near["neutral"]["rest"] == "texts"
    told_apart = entry_of(neutral=0.8, words=(*WORDS, *(f"word{i}" for i in range(20))))
    assert told_apart["neutral"]["rest"] == "unknown"
    far = entry_of(neutral=0.8, outside=0.6)
    assert far["neutral"]["rest"] == "unknown"
    assert "only labels can tell" in answers(far)[0]


def test_sentences_of_another_reference_name_it_and_make_no_claim_of_home():
    said = " ".join(answers(entry_of(neutral=0.8, reference={"name": "last-year.csv", "is_own": False})))
    assert "In “last-year.csv” people called" in said
    assert "at home" not in said
    assert "At home, among texts like" not in said


def test_scores_that_are_no_probabilities_get_no_account_and_no_promise():
    entry = entry_of(caveat="uncalibrated: a softmax over the labels", outside=0.6)
    assert entry["neutral"] is None
    said = " ".join(answers(entry))
    assert "The scores are no probabilities: uncalibrated" in said
    assert "prediction set" not in said


def test_texts_that_the_model_cannot_read_come_first():
    entry = entry_of() | {"profile": {"not_english": 0.97, "without_letters": 0.0, "other_script": None}}
    assert answers(entry)[0].startswith("97 of 100 texts are not English")


def test_texts_that_people_labelled_are_not_said_to_be_labelled_by_nobody():
    none, some, enough = (answers(entry_of() | {"n_labelled": n})[-1] for n in (0, 99, 100))
    assert none.startswith("Nobody labelled these texts, so all of this")
    assert some.startswith("People labelled 99 of these texts, which is not looked at here: all of this is")
    assert ["label a hundred" in said for said in (none, some, enough)] == [True, True, False]
    few, all_of_few = (answers(entry_of() | {"n": 60, "n_labelled": n})[-1] for n in (50, 60))
    assert ["label all of them" in said for said in (few, all_of_few)] == [True, False]


def test_too_few_texts_get_one_sentence_and_no_claim():
    assert answers(entry_of(n=30)) == [
        "titles: 30 texts are too few to say what changes; 50 are the least, some hundred are better."
    ]


def test_the_naive_model_is_named_and_told_apart_at_home_and_here():
    n = 400
    naive = np.tile([0.0, 0.0, 9.0], (n, 1))
    said = " ".join(answers(entry_of(n=n, naive_logits=naive)))
    assert "The naive model calls 100 of 100 texts in “titles” neutral" in said
    assert "Of the 400 texts that the naive model calls neutral, goemox agrees on" in said
    assert "(of 100 of them it gives " in said  # of the 400, not of all texts
    assert "it collapses even at home" not in said
    at_home = {"n": 400, "neutral": 0.97, "neutral_by_people": 0.31}
    told = " ".join(answers(entry_of(n=n, naive_logits=naive, naive_at_home=at_home)))
    assert "and the naive model 97 (on 400 texts): it collapses even at home" in told
    right = at_home | {"neutral": 0.33}
    assert "collapses even" not in " ".join(answers(entry_of(n=n, naive_logits=naive, naive_at_home=right)))


def test_a_naive_models_home_is_not_that_of_an_adapted_model():
    naive, at_home = np.tile([0.0, 0.0, 9.0], (400, 1)), {"n": 400, "neutral": 0.97, "neutral_by_people": 0.3}
    home = {"reference": {"name": ADAPTED_TO}}
    said = " ".join(answers(entry_of(n=400, naive_logits=naive, naive_at_home=at_home, **home)))
    assert "in the domain that it was adapted to" in said
    assert "naive model 97" not in said


def test_labels_are_said_to_be_given_differently_only_where_that_was_tested():
    entry = entry_of()
    for row in entry["tests"]["labels"]:
        row |= {"p_adjusted": 1e-6, "share_reference": 0.04, "share_target": 0.08, "share_p_adjusted": 0.3}
    entry["tests"]["moved"] = [row["label"] for row in entry["tests"]["labels"]]
    said = " ".join(answers(entry))
    assert "beyond chance, but none is given much more or less often beyond chance." in said
    entry["tests"]["labels"][0]["share_p_adjusted"] = 0.01
    (given,) = [s for s in answers(entry) if "given most differently" in s]
    assert given.endswith("given most differently: joy (to 8 of 100, 4 at home).")


def test_every_answer_ends_with_what_to_do():
    assert "goemox sample, goemox label, goemox adapt" in answers(entry_of())[-1]


@pytest.mark.parametrize("missing", ["coordinates", "distances", "words", "truth", "n_words"])
def test_a_reference_that_lacks_something_leaves_only_that_out(missing):
    generator = np.random.default_rng(1)
    logits, truth = drawn(generator, 100, 0.5)
    parts = {
        "truth": truth, "n_words": np.full(100, 6), "distances": generator.normal(10, 1, 100),
        "coordinates": generator.normal(0, 1, (100, 5)), "words": hash_words(texts_of(generator, 100, WORDS)),
    }  # fmt: skip
    parts[missing] = None
    reference = ReferenceSample(LABELS, sigmoid(logits), sigmoid(logits) >= 0.4, **parts)
    ids = tuple(map(str, range(100)))
    scores = ScoreMatrix(
        ids, LABELS, logits.astype(np.float32), None, np.zeros(100, bool), np.full(100, 5), "0" * 64
    )
    target = DomainSample("t", scores, sigmoid(logits), sigmoid(logits) >= 0.4, texts=["a b c"] * 100)
    assert len(answers(compare(reference, target).to_dict())) > 3


def test_a_near_domain_that_the_distance_misses_is_covered_by_no_promise():
    words = (*WORDS, *(f"word{i}" for i in range(20)))
    said = " ".join(answers(entry_of(words=words, has_promise=True)))
    assert "not surely more than usual" in said
    assert "Yet they are other texts than at home" in said
    assert "is not for this one" in said
    assert "Yet they are" not in " ".join(answers(entry_of()))


@pytest.mark.parametrize(
    ("share", "interval", "how"),
    [
        (0.06, [0.04, 0.09], "usual"), (0.09, [0.06, 0.12], "more"), (0.25, [0.2, 0.3], "far"),
        (None, None, "unknown"),
    ],
)  # fmt: skip
def test_more_than_usual_lie_far_out_only_where_chance_would_not_do_it(share, interval, how):
    assert how_far({"share_outside": share, "share_outside_interval": interval}) == how


@pytest.mark.parametrize(("n_home", "n"), [(100, 500), (300, 2000), (5426, 2000)])
def test_texts_of_home_are_seldom_said_to_lie_farther_out_than_home(n_home, n):
    dice = np.random.default_rng(0)
    said = []
    for _ in range(400):
        cut = np.quantile(dice.normal(size=n_home), 0.95)
        outside = np.arange(n) < (dice.normal(size=n) > cut).sum()
        said.append(how_far(far_out(np.full(n, 50.0), ~outside, "trained", n_home)))
    assert np.mean(np.array(said) != "usual") <= 0.05  # .24, .24 and .05 where the cut is taken for exact


def test_tests_of_the_texts_as_a_whole_are_told_together_with_bonferronis_correction():
    whole = entry_of()["tests"]["whole"]
    made = [whole[name]["p_value"] for name in ("scores", "embeddings", "classifier")]
    assert whole["p_any"] == pytest.approx(min(1, 3 * min(made)), abs=1e-5)
