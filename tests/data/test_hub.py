"""GoEmotions from a fake hub on loopback: fetched once, verified always."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from pytest_httpserver import HTTPServer

from goemox.data.hub import PINS, REVISION, Pin, fetch_goemotions
from goemox.data.labelled import load_labelled
from goemox.errors import InvalidInput, OfflineError, SourceError, UsageError
from goemox.http import Politeness

FAST = Politeness(per_second=1000, attempts=2, first_wait_s=0.01, longest_wait_s=0.02, silence_s=5.0)
FILE = "simplified/validation-00000-of-00001.parquet"
ADDRESS = f"/datasets/google-research-datasets/go_emotions/resolve/{REVISION}/{FILE}"


def parquet(texts: list[str], labels: list[list[int]], ids: list[str]) -> bytes:
    stream = io.BytesIO()
    pl.DataFrame(
        {"text": texts, "labels": labels, "id": ids}, schema_overrides={"labels": pl.List(pl.Int64)}
    ).write_parquet(stream)
    return stream.getvalue()


DATA = parquet(["Thank you!", 'He said "no".'], [[15], [10, 3]], ["e1", "e2"])
PIN = {"dev": Pin(FILE, hashlib.sha256(DATA).hexdigest(), rows=2)}


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0) as running:
        yield running


@pytest.fixture
def hub(server, monkeypatch, tmp_path) -> HTTPServer:
    server.clear()
    monkeypatch.setenv("HF_ENDPOINT", server.url_for("/"))
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return server


def fetch(split: str = "dev", **options):
    return fetch_goemotions(split, **({"pins": PIN, "politeness": FAST} | options))


def cached_file(folder: Path) -> Path:
    (file,) = folder.rglob("*.parquet")
    return file


def test_rows_come_with_ids_texts_and_label_names(hub):
    hub.expect_request(ADDRESS).respond_with_data(DATA)
    first, second = fetch()
    assert (first.id, first.text, first.labels, first.source) == (
        "e1",
        "Thank you!",
        {"gratitude"},
        "goemotions",
    )
    assert (second.text, second.labels) == ('He said "no".', {"disapproval", "annoyance"})


def test_a_second_call_reads_the_cache_and_asks_nobody(hub):
    hub.expect_request(ADDRESS).respond_with_data(DATA)
    first = fetch()
    assert fetch() == first
    assert fetch(offline=True) == first
    assert len(hub.log) == 1


def test_a_damaged_cache_is_noticed_and_fetched_again(hub, tmp_path):
    hub.expect_request(ADDRESS).respond_with_data(DATA)
    first = fetch()
    file = cached_file(tmp_path)
    file.write_bytes(DATA[:-1] + bytes([DATA[-1] ^ 1]))
    with pytest.raises(OfflineError, match="damaged"):
        fetch(offline=True)
    assert fetch() == first
    assert len(hub.log) == 2
    assert file.read_bytes() == DATA


def test_another_file_than_the_pinned_one_is_refused_unread_and_not_kept(hub, tmp_path):
    hub.expect_request(ADDRESS).respond_with_data(parquet(["evil"], [[0]], ["x"]))
    with pytest.raises(SourceError, match="not the pinned file"):
        fetch()
    assert list(tmp_path.rglob("*.parquet")) == []


def test_a_pinned_file_with_another_number_of_rows_is_refused(hub):
    hub.expect_request(ADDRESS).respond_with_data(DATA)
    with pytest.raises(InvalidInput, match="2 rows instead of 3"):
        fetch(pins={"dev": Pin(FILE, PIN["dev"].sha256, rows=3)})


@pytest.mark.parametrize("value", ["1", "true", "YES"])
def test_hf_hub_offline_is_obeyed(hub, monkeypatch, value):
    monkeypatch.setenv("HF_HUB_OFFLINE", value)
    with pytest.raises(OfflineError, match=r"not in the cache .* HF_HUB_OFFLINE"):
        fetch()
    assert hub.log == []


def test_hf_hub_offline_0_means_online(hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    hub.expect_request(ADDRESS).respond_with_data(DATA)
    assert len(fetch()) == 2


def test_the_token_goes_to_the_endpoint_but_not_where_it_redirects(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "s3cret")
    with HTTPServer(host="127.0.0.1", port=0) as store:
        hub.expect_request(ADDRESS).respond_with_data(
            "", status=302, headers={"Location": store.url_for("/blob")}
        )
        with pytest.raises(SourceError, match="another host"):
            fetch()
        assert store.log == []
    assert hub.log[0][0].headers["authorization"] == "Bearer s3cret"


def test_a_redirect_on_the_endpoint_itself_is_followed(hub):
    hub.expect_request(ADDRESS).respond_with_data(
        "", status=302, headers={"Location": "/cdn/blob?signature=x"}
    )
    hub.expect_request("/cdn/blob").respond_with_data(DATA)
    assert len(fetch()) == 2


def test_a_hub_that_fails_is_a_source_error_that_names_the_file(hub):
    hub.expect_request(ADDRESS).respond_with_data("", status=503)
    with pytest.raises(SourceError, match=r"validation-00000-of-00001.parquet: answered 503 after 2 tries"):
        fetch()


def test_a_cache_that_cannot_be_written_costs_the_cache_only(hub, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path / "file" / "cache"))
    hub.expect_request(ADDRESS).respond_with_data(DATA)
    assert len(fetch()) == len(fetch()) == 2
    assert len(hub.log) == 2


def test_an_endpoint_over_plain_http_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example.org")
    with pytest.raises(UsageError, match="HF_ENDPOINT"):
        fetch()


def test_an_unknown_split_is_refused():
    with pytest.raises(UsageError, match="train, dev, test"):
        fetch("validation")


def test_the_published_splits_are_pinned_by_revision_digest_and_rows():
    assert {split: pin.rows for split, pin in PINS.items()} == {"train": 43_410, "dev": 5_426, "test": 5_427}
    assert len({pin.sha256 for pin in PINS.values()}) == 3
    assert all(len(bytes.fromhex(pin.sha256)) == 32 for pin in PINS.values())
    assert len(bytes.fromhex(REVISION)) == 20


def test_a_model_of_other_labels_is_refused_before_anything_is_fetched():
    with pytest.raises(
        InvalidInput, match=r"none of its labels is one of the model's \(urgent, angry\); map"
    ):
        load_labelled("goemotions", "test", ("urgent", "angry"))
