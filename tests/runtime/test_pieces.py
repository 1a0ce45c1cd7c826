import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from goemox.data.samples import load_samples
from goemox.errors import InvalidModel
from goemox.model_folder import TOKENIZER, default_folder
from goemox.runtime import pieces
from goemox.runtime.pieces import PieceReader
from goemox.runtime.tokenize import TextEncoder
from goemox.runtime.tokenizer_file import open_tokenizer
from goemox.runtime.tokens import MAX_CHARACTERS, clean_text

FILE = default_folder() / TOKENIZER
N_LINES = 500  # of each file
ODD = [
    "", "   ", "\0", "a\0b [MASK]x[NAME] ", "[ NAME ] [NAME]'s", "x " * 600, "a" * 300, "\ud800",
    "\u00e9\u0301\u200b\u00a0x\u3000\u6f22\u5b57\x1cq\x85w", "don't... e.g.,this\tand\r\nthat",
    "\u2603\ufe0f" * 40, "ﬁne ½ ™", "a" * 30_000,
]  # fmt: skip


def rows_of(pieces):
    return [row.tolist() for row in np.split(pieces.ids, np.cumsum(pieces.counts))[:-1]]


@cache
def opened(file, max_length):
    return open_tokenizer(file, max_length)[0]


@cache
def opened_encoder(file, max_length):
    return TextEncoder(file, max_length)


def told_alike(texts, file=FILE, max_length=512):
    """The library reading whole texts says the same, twice: with new words and with known ones."""
    whole = opened(file, max_length)
    expected = whole.encode_batch_fast([clean_text(text) for text in texts])
    encoder = opened_encoder(file, max_length)
    encoder.reader._forget()
    for _ in range(2):
        found = encoder.encode(texts)
        assert [row.tolist() for row in found.rows()] == [each.ids for each in expected]
        was_cut = [bool(each.overflowing) or len(text) > MAX_CHARACTERS
                   for text, each in zip(texts, expected, strict=True)]  # fmt: skip
        assert found.truncated.tolist() == was_cut


@pytest.mark.data
def test_every_text_at_hand_gives_the_same_pieces(goemox_data):
    """GoEmotions, and what other sites' texts there are: emoji, markup, links, other scripts."""
    files = sorted(goemox_data.rglob("*.jsonl")) + sorted((goemox_data / "goemotions").glob("*.tsv"))
    for file in files:
        lines = file.read_text("utf-8", errors="replace").split("\n")[:N_LINES]
        if file.suffix == ".jsonl":
            lines = [text for line in lines if line for text in json.loads(line).values()]
        told_alike([text for text in lines if isinstance(text, str)])


def test_a_template_that_says_a_text_twice_is_refused(tmp_path):
    whole = Tokenizer.from_file(str(FILE))
    whole.post_processor = processors.TemplateProcessing(
        single="$A [CLS] $A", pair="[CLS] $A $B", special_tokens=[("[CLS]", 101)]
    )
    whole.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(InvalidModel, match=r"tokenizer\.json: its template does not put each text once"):
        TextEncoder(tmp_path / "tokenizer.json", 512)


def test_words_give_the_same_pieces_as_whole_texts():
    told_alike([*(sample.text for sample in load_samples()), *ODD])


def test_texts_are_cut_where_the_model_stops_reading():
    told_alike(["one two three four five six seven eight nine ten", "short"], max_length=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_gives_the_same_pieces(texts):
    told_alike(texts)


def test_a_tokenizer_that_looks_across_words_reads_whole_texts(tmp_path):
    whole = Tokenizer(models.BPE())
    whole.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    texts = [sample.text for sample in load_samples()]
    whole.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=400))
    file = Path(tmp_path / "tokenizer.json")
    whole.save(str(file))
    told_alike([text for text in texts if text], file)


def test_forgotten_words_are_learned_again(monkeypatch):
    monkeypatch.setattr(pieces, "MAX_WORDS", 2_000)
    reader = PieceReader(FILE, 512)
    first = reader.read(["hello there", "well done"])
    for start in range(0, 4_500, 1_500):
        reader.read(
            [" ".join(f"w{number}" for number in range(i, i + 300)) for i in range(start, start + 1_500, 300)]
        )
    again = reader.read(["hello there", "well done"])
    assert rows_of(first) == rows_of(again)


def test_no_texts_have_no_pieces():
    found = PieceReader(FILE, 512).read([])
    assert len(found.ids) == len(found.counts) == len(found.truncated) == 0


@pytest.mark.parametrize("n", [1, 3, 1000])
def test_several_threads_read_the_same(n):
    from concurrent.futures import ThreadPoolExecutor

    texts = [sample.text for sample in load_samples()] * 3
    reader = PieceReader(FILE, 512)
    expected = rows_of(PieceReader(FILE, 512).read(texts))
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(reader.read, [texts[:n]] * 16):
            assert rows_of(found) == expected[: len(texts[:n])]
