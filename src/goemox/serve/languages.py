"""Which language a text is in, where the [language] extra is installed: the model was taught English alone.

The reader takes half a second and 75 MB, so it is loaded in a thread once texts are answered; until then, and
without the extra, nothing is said of languages.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from goemox.errors import MissingExtra
from goemox.profiling.language import ENGLISH, Language, LanguageReader

__all__ = ["Languages", "is_foreign"]

log = logging.getLogger("goemox.serve")
AT_ONCE = 16  # texts that are read on the event loop, in 3 ms at most; a thread reads more


class Languages:
    """The reader of languages of one server."""

    def __init__(self) -> None:
        self._reader: LanguageReader | None = None
        self._loading: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to load the reader in a thread; comes to nothing without the extra."""
        self._loading = asyncio.create_task(self._load())

    async def of(self, texts: Sequence[str]) -> Sequence[Language | None]:
        """For each text its language, None where it is too short to tell or nothing is loaded."""
        reader = self._reader
        if reader is None:
            return [None] * len(texts)
        if len(texts) <= AT_ONCE:
            return [reader.reading(text) for text in texts]
        return await asyncio.to_thread(lambda: [reader.reading(text) for text in texts])

    async def _load(self) -> None:
        self._reader = await asyncio.to_thread(_reader)


def is_foreign(language: Language | None) -> bool:
    """Whether the text is surely not English: English has less than 1 % probability."""
    return language is not None and language.code != ENGLISH


def _reader() -> LanguageReader | None:
    try:
        return LanguageReader()
    except MissingExtra:
        return None
    except OSError as error:  # it unpacks its model in a temporary file
        log.warning("languages are not read: %s", error.strerror)
        return None
