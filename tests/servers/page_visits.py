"""What a visitor does on the page of a server, in the words of its tests."""

from __future__ import annotations

import re

ATTACK = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
LOVED = "I love this 😀, but why does it crash? I am so confused."
FAR = "Postgres 17: logical replication slots survive a failover"


def read(page, text: str) -> None:
    """Type a text and wait for its answer and its words."""
    page.locator("#text").fill(text)
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    page.locator("#evidence-words", has_text=re.compile("arried by|No single")).wait_for()


def given(page, rows: str, name: str = "comments.csv") -> None:
    """Choose a file on the file tab."""
    page.locator("#tab-file").click()
    file = {"name": name, "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("#file-input").set_input_files(file)


def pasted(page, rows: str) -> None:
    """Paste rows on the file tab."""
    page.locator("#tab-file").click()
    page.locator(".paste summary").click()
    page.locator("#paste").fill(rows)
    page.locator("#use-paste").click()


def read_file(page, rows: str, name: str = "comments.csv") -> None:
    given(page, rows, name)
    page.locator("#start").click()
    page.locator("#file-end", has_text=re.compile("^Done")).wait_for()


def saved(page, button: str) -> str:
    with page.expect_download() as download:
        page.locator(button).click()
    return download.value.path().read_bytes().decode()
