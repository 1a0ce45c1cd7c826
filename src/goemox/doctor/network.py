"""What the environment says of the network: proxies, certificates, addresses. Nobody is asked anything."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from goemox.doctor.finding import Finding
from goemox.errors import UsageError
from goemox.http import check_base_url

__all__ = ["network"]

PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
ADDRESSES = ("GOEMOX_HACKERNEWS_URL", "GOEMOX_HACKERNEWS_SEARCH_URL", "GITHUB_API_URL", "HF_ENDPOINT")
SCHEMES = ("http", "https", "socks5", "socks5h")
EXAMPLE = "write it as http://HOST:PORT"
TRUE = ("1", "on", "true", "yes")


def network(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """environment: the variables to look at."""
    odd = [*_proxies(environment), *_certificates(environment), *_addresses(environment)]
    yield from odd
    if environment.get("HF_HUB_OFFLINE", "").lower() in TRUE:
        yield Finding("network", "ok", "hub downloads are switched off (HF_HUB_OFFLINE)")
    elif not any(finding.state == "problem" for finding in odd):
        proxy = next((name for name in PROXIES if _value(environment, name)), None)
        told = f"through a proxy ({proxy})" if proxy else "no proxy set"
        yield Finding("network", "ok", f"{told}; not contacted")


def _value(environment: Mapping[str, str], name: str) -> str:
    """The lower-case name goes first, as it does in most programs."""
    return environment.get(name.lower()) or environment.get(name) or ""


def _proxies(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in PROXIES:
        both = [environment.get(one) for one in (name, name.lower())]
        if all(both) and both[0] != both[1]:
            detail = f"{name} and {name.lower()} differ; the second is taken"
            yield Finding("proxy", "warning", detail, "unset one of them")
        wrong = _wrong_proxy(_value(environment, name))
        if wrong:
            yield Finding(
                "proxy", "problem", f"{name}={_hidden(_value(environment, name))!r}: {wrong}", EXAMPLE
            )
    for host in _value(environment, "NO_PROXY").split(","):
        if "://" in host or "/" in host.strip():
            detail = f"NO_PROXY lists {host.strip()!r}, which matches nothing"
            yield Finding("proxy", "warning", detail, "list names or domains alone: example.org,.corp")


def _wrong_proxy(value: str) -> str:
    """What is wrong with a proxy's address; empty where nothing is, or none is set."""
    if not value:
        return ""
    if value != value.strip() or any(c.isspace() for c in value) or value[0] in "\"'":
        return "holds spaces or quotation marks"
    if "://" not in value:
        return ""  # HOST:PORT is read as http://HOST:PORT
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return "its port is no number from 0 to 65535"
    if parts.scheme.lower() not in SCHEMES:
        return f"no proxy speaks {parts.scheme or 'nothing'!r}; {', '.join(SCHEMES)} are known"
    if not parts.hostname:
        return "names no host"
    if parts.scheme.lower().startswith("socks") and find_spec("socksio") is None:
        return "a SOCKS proxy needs a package that is not installed (pip install socksio)"
    return "" if port is None or port > 0 else "its port is 0"


def _hidden(value: str) -> str:
    """An address without its password."""
    before, at, host = value.rpartition("@")
    scheme = before.partition("://")[0] + "://" if "://" in before else ""
    return f"{scheme}…@{host}" if at else value


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
