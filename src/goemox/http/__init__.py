"""Polite HTTP: the one door to the network, for every download that goemox makes.

`client`     a GET that identifies itself, waits where it is told to, stops at a size, and stays
             on the host it was sent to
`patience`   when to try again, and after how long
`addresses`  which base addresses and redirects are acceptable
`cache`      answers kept on disk (RFC 9111), so that a second run costs little and `--offline` works
`identity`   who we say we are, and whose certificates we believe
`threads`    async inside, plain iterators outside
`reach`      whether the network answers at all

What is not covered: anything but GET, cookies and log-ins, uploads, HTTP/2; two processes share
the cache but not their rate.
"""

from goemox.http.addresses import check_base_url
from goemox.http.answers import Answer, retry_after
from goemox.http.cache import cache_dir
from goemox.http.client import Client
from goemox.http.patience import Politeness, WaitRule, standard_wait
from goemox.http.reach import reachable
from goemox.http.threads import as_iterator, call

__all__ = [
    "Answer",
    "Client",
    "Politeness",
    "WaitRule",
    "as_iterator",
    "cache_dir",
    "call",
    "check_base_url",
    "reachable",
    "retry_after",
    "standard_wait",
]
