import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goemox.errors import UsageError
from goemox.model_folder import TOKENIZER, default_folder
from goemox.records import TextRecord
from goemox.runtime.tokenize import TextEncoder
from goemox.runtime.tokens import MAX_CHARACTERS
from goemox.runtime.windows import WINDOW_TOKENS, TextRows, sentence_starts, window_spans

DULL = "The meeting is at noon in the room on the second floor. " * 60  # some 780 tokens
GLAD = "I am so happy, this is the most joyful day of my life!"
WORDS = st.sampled_from(
    ["joy", "unbelievably", "x" * 130, "don't", "Mr.", "…", "[SEP]", "😀", "é", "\n", "?!", '."']
)
PROSE = st.lists(st.one_of(WORDS, st.text(max_size=12)), max_size=120).map(" ".join)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", [""]),
        ("No end mark", ["No end mark"]),
        ("One. Two! Three?", ["One. ", "Two! ", "Three?"]),
        ("Really?! Yes... no", ["Really?! ", "Yes... ", "no"]),
        ('He said "go." (So!) And', ['He said "go." ', "(So!) ", "And"]),
        ("a line\nanother\n\n  a third\n", ["a line\n", "another\n\n  ", "a third\n"]),
        ("version 1.2 of file.txt", ["version 1.2 of file.txt"]),
    ],
)
def test_sentences_end_at_end_marks_before_white_space_and_at_line_ends(text, sentences):
    edges = [*sentence_starts(text), len(text)]
    assert [text[a:b] for a, b in pairwise(edges)] == sentences


def test_sentences_are_whole_where_they_fit_and_cut_evenly_where_they_do_not():
    starts = np.arange(20)  # one token a character
    assert window_spans(starts, [0, 3, 6, 9], 7) == [(0, 6), (6, 9), (9, 14), (14, 20)]
    assert window_spans(starts[:9], [0, 3, 6], 9) == [(0, 9)]
    assert window_spans(starts[:0], [0], 9) == [(0, 0)]


@given(st.lists(st.integers(0, 3), max_size=200), st.sets(st.integers(0, 400)), st.integers(1, 50))
def test_windows_cover_every_token_once_and_in_order(steps, sentences, room):
    starts = np.cumsum(np.array(steps, dtype=np.int64))
    spans = window_spans(starts, [0, *sorted(sentences - {0})], room)
    assert [i for first, last in spans for i in range(first, last)] == list(range(len(steps)))
    assert all(last - first <= room for first, last in spans)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PROSE, st.integers(3, 64))
def test_windows_of_a_text_hold_the_tokens_of_the_text(classifier, text, size):
    encoder = classifier.scorer._encoder
    whole, parts = encoder.encode([text]), encoder.encode([text], size)
    if not whole.truncated[0]:
        inside = [token for row in parts.rows() for token in row[1:-1].tolist()]
        assert inside == whole.ids[1:-1].tolist()
    assert parts.n_tokens.max() <= size
    assert not parts.truncated[0]


def test_hard_texts_are_split_in_no_time(classifier):
    hard = ["." * MAX_CHARACTERS, " " * MAX_CHARACTERS, "\n" * MAX_CHARACTERS, "?! " * 6_000, ".\n" * 9_000]
    started = time.process_time()
    for text in hard:
        sentence_starts(text)
    assert time.process_time() - started < 2.0


def test_joy_at_the_end_is_lost_when_truncated_and_found_in_chunks(classifier):
    records = [TextRecord("long", DULL + GLAD)]
    (cut,) = classifier.predictions(records)
    (whole,) = classifier.predictions(records, long_text="chunk")
    assert cut.truncated
    assert "joy" not in cut.labels
    assert not whole.truncated
    assert whole.labels[0] == "joy"
    assert whole.scores["joy"] == pytest.approx(classifier(GLAD).scores["joy"], abs=0.15)
    assert "neutral" not in whole.labels


def test_a_long_text_is_neutral_only_where_all_of_it_is(classifier):
    (dull,) = classifier([DULL], long_text="chunk")
    assert dull.labels == ("neutral",)


def test_what_was_promised_for_short_texts_is_withdrawn_from_long_ones(classifier):
    short, long = classifier([GLAD, f"{GLAD} " * 8], long_text="chunk")
    assert short.prediction_set
    assert long.in_domain
    assert long.prediction_set is None


def test_texts_of_one_window_are_read_alike_either_way(classifier):
    texts = [GLAD, "ok", "", "What? " * 20, "word " * (WINDOW_TOKENS - 2)]
    one, other = classifier.scores(texts), classifier.scores(texts, long_text="chunk")
    assert one.n_tokens.max() == WINDOW_TOKENS
    for name in ("logits", "embeddings", "truncated", "n_tokens", "n_windows"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    texts.remove("")  # which the scorer reads, and the front door refuses
    assert classifier(texts) == classifier(texts, long_text="chunk")


def test_rows_stay_with_their_texts_among_windows_of_others(classifier):
    texts = [GLAD, DULL, GLAD, f"{GLAD} {DULL}", "ok"]
    counted = []
    scores = classifier.scores(texts, counted.append, "chunk")
    assert scores.n_windows[[0, 2, 4]].tolist() == [1, 1, 1]
    assert (scores.n_windows[[1, 3]] > 10).all()
    for row, text in enumerate(texts):
        alone = classifier.scores([text], long_text="chunk")
        assert np.abs(alone.logits[0] - scores.logits[row]).max() < 1e-4
        assert np.abs(alone.embeddings[0] - scores.embeddings[row]).max() < 1e-4
    assert sum(counted) == len(texts)
    assert scores.rows([3, 0]).n_windows.tolist() == scores.n_windows[[3, 0]].tolist()


def test_windows_may_arrive_in_any_order_and_the_longest_gives_the_embedding():
    logits = np.array([[1, 5], [3, -2], [0, 0]], dtype=np.float32)
    embeddings = np.array([[1], [2], [3]], dtype=np.float32)
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        rows = TextRows(2, ("joy", "neutral"))
        for i in order:
            rows.add(np.array([0, 0, 1])[[i]], np.array([9, 4, 2])[[i]], logits[[i]], embeddings[[i]])
        assert rows.logits.tolist() == [[3, -2], [0, 0]]
        assert rows.embeddings.tolist() == [[1], [3]]


def test_twenty_thousand_characters_are_read_whole_and_more_is_marked(classifier):
    sentence = "What a wonderful little story, thank you! "
    texts = [(sentence * 600)[:n] for n in (MAX_CHARACTERS, MAX_CHARACTERS + 1)]
    scores = classifier.scores(texts, long_text="chunk")
    assert scores.truncated.tolist() == [False, True]
    assert scores.n_windows[0] > 80
    assert np.isfinite(scores.logits).all()


@pytest.mark.parametrize("limit", [8, 32, WINDOW_TOKENS, WINDOW_TOKENS + 1])
def test_a_model_that_reads_less_than_a_window_reads_all_of_a_long_text_in_windows(limit):
    encoder, whole = (TextEncoder(default_folder() / TOKENIZER, most) for most in (limit, 512))
    found = encoder.encode(["ok", DULL[:1_500]], WINDOW_TOKENS)
    assert found.truncated.tolist() == [False, False]
    assert found.n_tokens.max() <= limit
    inside = [token for row in found.rows()[1:] for token in row[1:-1].tolist()]
    assert inside == whole.encode([DULL[:1_500]]).ids[1:-1].tolist()
    cut = encoder.encode(["ok", DULL])
    assert (cut.truncated.tolist(), cut.n_tokens.tolist()) == ([False, True], [3, limit])


def test_another_way_with_long_texts_is_refused(classifier):
    with pytest.raises(UsageError, match="'truncate' or 'chunk', was 'split'"):
        classifier.scores(["a"], long_text="split")
