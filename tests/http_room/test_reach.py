"""Whether the network answers."""

import socket
import time

import pytest

from goemox.http import reachable


@pytest.mark.parametrize(("status", "expected"), [(200, True), (404, True), (503, False)])
def test_a_host_is_reachable_when_it_answers_and_is_well(httpserver, status, expected):
    httpserver.expect_request("/").respond_with_data("", status=status)
    assert reachable(httpserver.url_for("/"), timeout_s=30) is expected


def test_a_closed_port_and_a_wrong_address_are_not_reachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert not reachable(f"http://127.0.0.1:{port}/")
    assert not reachable("nonsense")


def test_a_silent_host_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = time.monotonic()
        assert not reachable(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout_s=0.3)
        assert time.monotonic() - started < 30
