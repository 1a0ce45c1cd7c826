import numpy as np
import pytest

from goemox.domain import hash_words
from goemox.domain_shift import DomainSample, ReferenceSample, compare
from goemox.domain_shift.answers import answers
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


def entry_of(neutral=0.33, n=400, move=0.0, words=WORDS, outside=0.05, name="titles", **more):
    generator = np.random.default_rng(2)
    before, truth = drawn(generator, 600, 0.33)
    reference = ReferenceSample(
        LABELS, sigmoid(before), sigmoid(before) >= 0.4, n_words=np.full(600, 6), truth=truth,
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
    return compare(reference, target).to_dict()


def test_a_flat_comparison_does_not_read_as_a_finding():
    said = " ".join(answers(entry_of()))
    assert "Neither: there is nothing to explain" in said
    assert "No label's scores differ beyond chance, nor do the texts as a whole" in said
    assert "no more than usual" in said
    for claim in ("withdrawn", "Mostly", "These texts say", "finds the foreign one"):
        assert claim not in said


def test_a_planted_shift_is_told_with_its_numbers():
    entry = entry_of(neutral=0.9, move=2.5, words=(*WORDS[:4], "server", "release"), outside=0.6)
    said = " ".join(answers(entry))
    assert "Mostly the texts" in said
    assert "are in the texts themselves (at least, because odds learned where 3" in said
    assert "people called 3" in said
    assert "60% of the texts lie farther out than 95%" in said
    assert "read their scores as a ranking, not as odds" in said
    assert "“server”" in said
    assert "neutral" in said.split("labels score differently here, most")[1].split(".")[0]
    assert "it is not only their length" in said


def test_too_few_texts_get_one_sentence_and_no_claim():
    assert answers(entry_of(n=30)) == [
        "titles: 30 texts are too few to say what changes; 50 are the least, some hundred are better."
    ]


def test_the_naive_model_is_named_and_its_disagreement_has_an_interval():
    n = 400
    naive = np.tile([0.0, 0.0, 9.0], (n, 1))
    said = " ".join(answers(entry_of(n=n, naive_logits=naive)))
    assert "the naive model calls 100 neutral" in said
    assert "It is collapse" in said
    assert "At home" not in said
    at_home = {"n": 400, "neutral": 0.97, "neutral_by_people": 0.31}
    told = " ".join(answers(entry_of(n=n, naive_logits=naive, naive_at_home=at_home)))
    assert "calls 97 of 100 held-out texts neutral, where people called 31: it calls too many neutral" in told
    assert "Of the 400 texts that the naive model calls neutral, goemox gives" in said
    assert " to " in said.split("an emotion (")[1].split(")")[0]


def test_every_answer_ends_with_what_to_do():
    assert "goemox sample, goemox label, goemox adapt" in answers(entry_of())[-1]


@pytest.mark.parametrize(
    ("text", "collapse", "verdict", "said"),
    [
        (0.40, 0.15, "both", "Mostly the texts"),
        (0.06, 0.50, "both", "Mostly collapse"),
        (0.07, 0.08, "both", "Some of each"),
        (0.40, 0.01, "text", "It is the texts"),
        (-0.02, 0.30, "collapse", "It is collapse"),
    ],
)
def test_the_larger_part_is_only_named_where_it_is_twice_the_other(text, collapse, verdict, said):
    entry = entry_of()
    entry["neutral"] |= {"text": text, "collapse": collapse, "verdict": verdict}
    assert f"or is it the texts? {said}." in answers(entry)[0]


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
    said = " ".join(answers(entry_of(words=(*WORDS, *(f"word{i}" for i in range(20))))))
    assert "no more than usual" in said
    assert "Yet they are other texts than at home" in said
    assert "is not for this one" in said
    assert "Yet they are" not in " ".join(answers(entry_of()))
