"""Answers kept on disk, after RFC 9111, by hishel; nothing outside this file knows that library.

The cache lies above the step that adds the token, so a token never reaches the disk; entries of
different tokens are kept apart by a hash. A cache that cannot be written is left out, silently:
it saves requests, it is never needed for the right answer.
"""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from pathlib import Path

import httpx2
from hishel import AsyncSqliteStorage, CacheOptions, Entry, Request, Response
from hishel.httpx2 import AsyncCacheTransport

from goemox.errors import OfflineError

__all__ = ["AnswerCache", "cache_key", "came_from_cache"]

_MAX_BYTES = 512 * 1024 * 1024
_MAX_BODY = 32 * 1024 * 1024
# Refusals and errors are never kept, whatever their headers say: the next try has to reach the host.
_KEPT = frozenset({200, 301, 308})
_GRACE_S = 180.0
# A private cache keeps answers to requests with a token; without `rfc=` hishel 2 ignores all headers.
_RFC_9111 = CacheOptions(shared=False)

# Without a handler, Python would print what the library logs about a full disk, with a traceback.
logging.getLogger("hishel").addHandler(logging.NullHandler())


class AnswerCache:
    """A cache in `folder` before `wire`; no folder, or one that cannot be written: no cache.

    Without a wire there is no network: then every stored answer counts, however old. max_bytes: what the
    stored answers may take; those least recently used make room, unless a reader may be in the middle of
    one (grace_s), and what still does not fit is not kept; nor is a body larger than max_body bytes.
    """

    def __init__(
        self,
        wire: httpx2.AsyncBaseTransport | None,
        folder: Path | None,
        *,
        max_bytes: int = _MAX_BYTES,
        max_body: int = _MAX_BODY,
        grace_s: float = _GRACE_S,
    ) -> None:
        source = _Unplugged() if wire is None else wire
        self.transport: httpx2.AsyncBaseTransport = source
        self._storage: AsyncSqliteStorage | None = None
        if folder is not None and _writable(folder):
            self._storage = _OnePerAddress(
                database_path=folder / "answers.db", max_size=max_bytes, max_stream_size=max_body,
                soft_delete_ttl=grace_s,
            )  # fmt: skip
            rules = False if wire is None else _RFC_9111
            self.transport = AsyncCacheTransport(source, self._storage, rfc=rules)

    async def forget(self, url: str, token: str | None) -> None:
        """Drop the answer kept for an address, because it turned out to be of no use."""
        if self._storage is not None:
            for entry in await self._storage.get_entries(_key(url, token)):
                await self._storage.remove_entry(entry.id)


def cache_key(url: str, token: str | None) -> dict[str, dict[str, str]]:
    """The request extension that names an entry; the same with and without network."""
    return {"caching": {"key": _key(url, token)}}


def came_from_cache(response: httpx2.Response) -> bool:
    """Whether the body was on disk already: still fresh, or confirmed by a 304."""
    return bool(response.extensions.get("caching", {}).get("from_cache"))


class _OnePerAddress(AsyncSqliteStorage):
    """Keeps one good answer an address, the newest; else answers that are never fresh pile up."""

    async def create_entry(
        self,
        request: Request,
        response: Response,
        key: str,
        *,
        ttl: float | None = None,
        tti: float | None = None,
    ) -> Entry:
        if response.status_code not in _KEPT:
            return Entry(id=uuid.uuid4(), request=request, response=response)
        for older in await self.get_entries(key):
            await self.remove_entry(older.id)
        return await super().create_entry(request, response, key, ttl=ttl, tti=tti)


class _Unplugged(httpx2.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise OfflineError(
            f"{request.url.host}{request.url.path}: not in the cache, and the network is switched off; "
            "run once without --offline"
        )


def _key(url: str, token: str | None) -> str:
    owner = hashlib.sha256((token or "").encode()).hexdigest()[:16]
    return hashlib.sha256(f"{owner} {url}".encode()).hexdigest()


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
