"""No answer sends goemox anywhere but to the host that was asked and its stores (checklist 15).

benchmarks/security/sources.py does the same with real sockets and an audit hook, and with a real server.
"""

import httpx2
import pytest
from foreign_places import PLACES

from goemox.errors import SourceError
from goemox.http.addresses import follow, origin

HOME = httpx2.URL("https://huggingface.co/datasets/x")
STORES = (".huggingface.co", ".hf.co")


@pytest.mark.parametrize("place", PLACES)
def test_a_redirect_to_a_private_odd_or_foreign_place_is_refused(place):
    with pytest.raises(SourceError):
        follow(HOME, place.format(port=8080), origin(HOME), STORES)


def test_backslashes_are_letters_of_a_path_and_lead_to_no_other_host():
    assert follow(HOME, r"\\evil.example\x", origin(HOME), STORES).host == HOME.host


@pytest.mark.parametrize("place", ["/other", "https://huggingface.co/y", "https://cdn-lfs.hf.co/z?sig=1"])
def test_a_redirect_within_the_host_and_to_its_stores_is_followed(place):
    assert follow(HOME, place, origin(HOME), STORES).scheme == "https"
