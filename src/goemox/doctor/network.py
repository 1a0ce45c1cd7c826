"""What the environment says of the network: proxies, certificates, addresses. Nobody is asked anything."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path

from goemox.doctor.finding import Finding
from goemox.errors import UsageError
from goemox.http import check_base_url
from goemox.http.proxies import CERTIFICATES, PROXIES, hidden, value_of, wrong_proxy

__all__ = ["network"]

ADDRESSES = ("GOEMOX_HACKERNEWS_URL", "GOEMOX_HACKERNEWS_SEARCH_URL", "GITHUB_API_URL", "HF_ENDPOINT")
EXAMPLE = "write it as http://HOST:PORT"
TRUE = ("1", "on", "true", "yes")


def network(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """environment: the variables to look at."""
    odd = [*_proxies(environment), *_certificates(environment), *_addresses(environment)]
    yield from odd
    if environment.get("HF_HUB_OFFLINE", "").lower() in TRUE:
        yield Finding("network", "ok", "hub downloads are switched off (HF_HUB_OFFLINE)")
    elif not any(finding.state == "problem" for finding in odd):
        proxy = next((name for name in PROXIES if value_of(environment, name)), None)
        told = f"through a proxy ({proxy})" if proxy else "no proxy set"
        yield Finding("network", "ok", f"{told}; not contacted")


def _proxies(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in PROXIES:
        both = [environment.get(one) for one in (name, name.lower())]
        if all(both) and both[0] != both[1]:
            detail = f"{name} and {name.lower()} differ; the second is taken"
            yield Finding("proxy", "warning", detail, "unset one of them")
        wrong = wrong_proxy(value_of(environment, name))
        if wrong:
            yield Finding(
                "proxy", "problem", f"{name}={hidden(value_of(environment, name))!r}: {wrong}", EXAMPLE
            )
    for host in value_of(environment, "NO_PROXY").split(","):
        if "/" in host and "://" not in host and not _is_network(host.strip()):
            detail = f"NO_PROXY lists {host.strip()!r}, which matches nothing"
            yield Finding("proxy", "warning", detail, "list names or domains alone: example.org,.corp")


def _is_network(host: str) -> bool:
    try:
        ip_network(host, strict=False)
    except ValueError:
        return False
    return True


def _certificates(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in CERTIFICATES:
        value = environment.get(name)
        if value and not Path(value).exists():
            detail = f"{name}={value!r}: is not there, so that no https connection can be opened"
            yield Finding("certificates", "problem", detail, f"unset {name}, or name what is there")


def _addresses(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in ADDRESSES:
        value = environment.get(name)
        if not value:
            continue
        try:
            check_base_url(name, value)
        except UsageError as error:
            yield Finding("address", "problem", str(error), f"unset {name}, or mend it")
        else:
            yield Finding("address", "ok", f"{name} is taken in place of the usual one: {value}")
