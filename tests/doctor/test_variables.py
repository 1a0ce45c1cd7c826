"""What `goemox doctor` says of variables: those that are empty, refused, or lead nowhere."""

import os

import pytest

from goemox.cli.doctor_settings import ADDRESSES, settings
from goemox.doctor.cache import cache
from goemox.doctor.clock import clock
from goemox.doctor.network import network


def test_the_password_in_an_address_is_refused_and_not_told(tmp_path):
    variables = dict.fromkeys(ADDRESSES, "https://me:s3cret@mirror.org/v0")
    found = [*network(variables), *settings(tmp_path / "none.toml", variables)]
    refused = "an address may hold no password; give a token in the environment instead"
    told = [finding.detail for finding in found if finding.name in ("address", "variable")]
    assert told == [f"{name}: {refused}" for name in ADDRESSES]
    assert "s3cret" not in str(found)


def test_a_variable_that_is_empty_counts_as_not_set(tmp_path):
    variables = dict.fromkeys(("GOEMOX_SERVE_PORT", "GOEMOX_RUNTIME", "GOEMOX_CACHE_DIR"), "")
    assert [finding.name for finding in settings(tmp_path / "none.toml", variables)] == ["settings"]


@pytest.mark.skipif(os.name == "nt", reason="Windows makes up a home for everybody")
def test_a_cache_in_the_home_of_nobody_is_a_problem_and_stops_nothing_else(monkeypatch):
    monkeypatch.setenv("GOEMOX_CACHE_DIR", "~nosuch/x")
    (finding,) = cache()
    assert finding.state == "problem"
    assert "GOEMOX_CACHE_DIR='~nosuch/x'" in finding.detail
    assert clock().state == "ok"
