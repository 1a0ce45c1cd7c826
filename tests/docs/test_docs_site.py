"""The site builds offline without a warning, every page can be reached, every link leads somewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("sphinx", reason="sphinx is not installed: pip install 'goemox[dev]'")

pytestmark = pytest.mark.timeout(900)  # eight seconds of a processor, many times that on a busy machine
ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CAPTIONS = ["Start", "How-to", "Methods", "Reference", "Results", "Decisions", "Limits and ethics"]
LOADED = {("img", "src"), ("script", "src"), ("link", "href"), ("source", "src"), ("iframe", "src")}


class Page(HTMLParser):
    """What a built page links to and can be linked to; loads: what a browser fetches with it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.links, self.loads, self.anchors, self.captions = path, set(), set(), set(), []
        self._in_caption = False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        if tag == "a" and found.get("href"):
            self.links.add(found["href"])
        self.loads |= {found[key] for loading, key in LOADED if tag == loading and found.get(key)}
        self._in_caption = tag == "span" and found.get("class") == "caption-text"

    def handle_data(self, data):
        if self._in_caption:
            self.captions.append(data)
            self._in_caption = False


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> dict[Path, Page]:
    """Every page of the site, built anew; a warning of Sphinx ends the build."""
    made = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-d", made / "tree"]
    offline = {**os.environ, "https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        [*map(str, build), str(DOCS), str(made / "html")],
        cwd=ROOT,
        env=offline,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return {path: Page(path) for path in (made / "html").rglob("*.html")}


def target(page: Page, link: str) -> tuple[Path, str] | None:
    """The file and the anchor that a link means; None for one to another host."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    path = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
    return path, unquote(parts.fragment)


def test_every_internal_link_and_anchor_leads_somewhere(site):
    missing = []
    for page in site.values():
        for link in page.links | page.loads:
            found = target(page, link)
            if found is None:
                continue
            path, anchor = found
            known = path.exists() if path not in site else not anchor or anchor in site[path].anchors
            if not known:
                missing.append(f"{page.path.name}: {link}")
    assert not missing


def test_a_page_loads_nothing_from_another_host(site):
    assert not {(page.path.name, url) for page in site.values() for url in page.loads if urlsplit(url).netloc}


@pytest.fixture(scope="module")
def index(site) -> Page:
    """The first page."""
    return min(site.values(), key=lambda page: (len(page.path.parts), page.path.name != "index.html"))


def test_every_page_can_be_reached_from_the_first_one(site, index):
    linked = {found[0] for link in index.links if (found := target(index, link))} | {index.path}
    for page in DOCS.rglob("*.md"):
        built = index.path.parent / page.relative_to(DOCS).with_suffix(".html")
        assert built in site, page
        assert built in linked, page


def test_the_parts_of_the_site_stand_in_their_order(index):
    assert index.captions == CAPTIONS
