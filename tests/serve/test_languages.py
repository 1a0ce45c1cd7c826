"""Each result says which language its text is in, where that can be told, and warns of foreign ones."""

import asyncio
import sys
import time

import pytest

from goemox.data.goemotions import read_split
from goemox.profiling import language
from goemox.serve.languages import Languages, is_foreign

ENGLISH = [
    "Thank you so much, this made my day!",
    "why would you do that?",
    "I can't believe it failed again",
]
FOREIGN = {
    "de": "Ich verstehe überhaupt nicht, was du meinst",
    "fr": "Je ne comprends pas pourquoi ça ne marche pas",
    "ru": "Большое спасибо за помощь",
}
SILENT = ["ok", "12:30", "😀😀", "https://example.org/de/ueber-uns"]


@pytest.fixture
def reading(server):
    """A server whose reader of languages is loaded."""
    pytest.importorskip("py3langid")
    deadline = time.monotonic() + 60
    while results(server, ENGLISH[:1])[0]["language"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return server


@pytest.fixture
def without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    language._identifier.cache_clear()
    yield
    language._identifier.cache_clear()


def results(server, texts):
    return server.ask("POST", "/v1/predict", {"texts": texts}).json["results"]


def test_languages_are_named_with_their_probability_and_foreign_ones_hinted_at(reading):
    found = results(reading, [*ENGLISH, *FOREIGN.values()])
    codes = [each["language"]["code"] for each in found]
    assert codes == ["en"] * len(ENGLISH) + list(FOREIGN)
    assert all(0 < each["language"]["probability"] <= 1 for each in found)
    assert ["not_english" in each["hints"] for each in found] == [code != "en" for code in codes]


def test_nothing_is_said_of_texts_that_are_too_short_to_tell(reading):
    found = results(reading, SILENT)
    assert [each["language"] for each in found] == [None] * len(SILENT)
    assert not any("not_english" in each["hints"] for each in found)


def test_a_text_is_told_the_same_alone_and_among_many(reading):
    alone = results(reading, [FOREIGN["de"]])[0]
    (among,) = {repr(each["language"]) for each in results(reading, [FOREIGN["de"]] * 40)}
    assert among == repr(alone["language"])
    explained = reading.ask("POST", "/v1/explain", {"text": FOREIGN["de"]}).json["result"]
    assert (explained["language"], explained["hints"]) == (alone["language"], alone["hints"])


def test_at_most_one_english_comment_in_a_hundred_is_called_foreign(goemox_data):
    pytest.importorskip("py3langid")
    reader = language.LanguageReader()
    texts = [record.text for record in read_split(goemox_data / "goemotions", "dev")]
    wrong = [is_foreign(reader.reading(text)) for text in texts]
    short = [is_wrong for is_wrong, text in zip(wrong, texts, strict=True) if 3 <= len(text.split()) <= 4]
    assert sum(wrong) < len(wrong) / 100
    assert sum(short) < len(short) / 100


def test_without_the_extra_nothing_is_said_of_languages(without_the_extra):
    async def ask():
        languages = Languages()
        languages.start()
        await languages._loading
        return await languages.of(ENGLISH)

    assert asyncio.run(ask()) == [None] * len(ENGLISH)
