"""Which addresses are acceptable: https, loopback http, and no way off the host."""

import httpx2
import pytest

from goemox.errors import SourceError, UsageError
from goemox.http import check_base_url
from goemox.http.addresses import follow, origin, shown

HOME = "https://api.example.org/v0"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.example.org/v0/", "https://api.example.org/v0"),
        (" https://api.example.org \n", "https://api.example.org"),
        ("http://127.0.0.1:8080/v0", "http://127.0.0.1:8080/v0"),
        ("http://127.1.2.3", "http://127.1.2.3"),
        ("http://localhost:9/x/", "http://localhost:9/x"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_https_and_loopback_http_are_base_addresses_and_lose_their_last_slash(given, kept):
    assert check_base_url("SETTING", given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "http://example.org", "http://10.0.0.1", "http://localhost.evil.org", "http://127.0.0.1.evil.org",
        "ftp://example.org", "file:///etc/passwd", "", "example.org", "https://", "https://x.org:port/",
        "https://x.org/?a=1", "https://x.org/#top",
    ],
)  # fmt: skip
def test_every_other_base_address_is_refused_and_the_setting_is_named(given):
    with pytest.raises(UsageError, match="SETTING"):
        check_base_url("SETTING", given)


def test_a_password_in_a_base_address_is_refused_and_not_repeated():
    with pytest.raises(UsageError) as caught:
        check_base_url("SETTING", "https://me:hunter2@example.org")
    assert "hunter2" not in str(caught.value)


def going_to(location: str, allowed: tuple[str, ...] = ()) -> str:
    here = httpx2.URL(HOME)
    return str(follow(here, location, origin(here), allowed))


def test_relative_and_absolute_addresses_on_the_same_host_are_followed():
    assert going_to("/elsewhere?page=2") == "https://api.example.org/elsewhere?page=2"
    assert going_to("https://api.example.org:443/x") == "https://api.example.org/x"


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.org/", "http://api.example.org/", "https://api.example.org:8443/", "//evil.org/x",
        "http://169.254.169.254/latest", "http://127.0.0.1/", "file:///etc/passwd",
        "https://user:pw@api.example.org/",
    ],
)  # fmt: skip
def test_another_host_port_or_scheme_is_never_followed(location):
    with pytest.raises(SourceError, match="refused"):
        going_to(location)


def test_an_allowed_host_is_followed_over_https_only():
    allowed = ("cdn.example.net", ".hf.co")
    assert going_to("https://cdn.example.net/f?sig=1", allowed).startswith("https://cdn.example.net/f")
    assert going_to("https://a.b.hf.co/f", allowed) == "https://a.b.hf.co/f"
    for location in ("http://cdn.example.net/f", "https://cdn.example.net:8443/f", "https://evilhf.co/f"):
        with pytest.raises(SourceError, match="refused"):
            going_to(location, allowed)


def test_rubbish_in_a_redirect_is_a_source_error():
    with pytest.raises(SourceError, match="not an address"):
        going_to("https://x.org:port/")


def test_shown_addresses_hide_query_and_password():
    assert shown(httpx2.URL("https://u:p@x.org/a?Signature=abc#d")) == "https://x.org/a"
