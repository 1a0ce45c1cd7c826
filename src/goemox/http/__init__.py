"""Polite HTTP: the one door to the network, for every download that goemox makes.

`client`     a GET that identifies itself, waits where it is told to, stops at a size, and stays
             on the host it was sent to
`patience`   how hard a host is pressed, when to try again, and after how long
`host_rules` what a host says about its limits; a source may know more than RFC 9110
`wire`       the last step before the network: rate, token, limits
`addresses`  which base addresses and redirects are acceptable
`cache`      answers kept on disk (RFC 9111), so that a second run costs little and `--offline` works
`clock`      the time, as an argument
`identity`   who we say we are, and whose certificates we believe
`threads`    async inside, plain iterators outside
`proxies`    whether the proxies and certificates of the environment can be meant
`reach`      whether the network answers at all

What is not covered: anything but GET, cookies and log-ins, uploads, HTTP/2; two processes share
the cache but not their rate.
"""

from goemox.cache_folder import cache_dir
from goemox.http.addresses import check_base_url
from goemox.http.answers import Answer, not_json, retry_after, told_at
from goemox.http.client import Client, Complaint
from goemox.http.clock import SYSTEM_CLOCK, Clock
from goemox.http.host_rules import HostRules
from goemox.http.patience import HeldError, Politeness
from goemox.http.reach import reachable
from goemox.http.threads import as_iterator, call

__all__ = [
    "SYSTEM_CLOCK",
    "Answer",
    "Client",
    "Clock",
    "Complaint",
    "HeldError",
    "HostRules",
    "Politeness",
    "as_iterator",
    "cache_dir",
    "call",
    "check_base_url",
    "not_json",
    "reachable",
    "retry_after",
    "told_at",
]
