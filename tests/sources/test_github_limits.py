"""Waits after each documented limit: with a clock that a test sets, and once in real time."""

import time
from dataclasses import replace
from email.utils import formatdate

import pytest
from fake_github import FakeGitHub, issue, limited
from fake_time import FakeTime

from goemox.errors import SourceError
from goemox.http import Answer, Client, HeldError, Politeness, call
from goemox.sources.github import collect_github
from goemox.sources.github_limits import GitHubLimits
from goemox.sources.github_refusals import EXPLAINED

FAST = Politeness(
    concurrency=1, per_second=5000, attempts=5, first_wait_s=0.01, longest_wait_s=0.02, patience_s=4000.0
)
LIST = "/repos/a/b/issues?per_page=1"


def get(server: FakeGitHub, fake: FakeTime, *targets: str, politeness: Politeness = FAST) -> list[Answer]:
    async def fetch() -> list[Answer]:
        rules = GitHubLimits(fake.clock)
        client = Client(server.url, politeness=politeness, rules=rules, clock=fake.clock, token="t")
        async with client:
            return [await client.get(target, EXPLAINED) for target in targets or (LIST,)]

    return call(fetch())


def refused_once(*refusals):
    return lambda target, n: refusals[n - 1] if n <= len(refusals) else None


WALL = 1_700_000_000
SECONDARY = "You have exceeded a secondary rate limit"
UNTIL_A_DATE = limited(429, date=formatdate(WALL), retry_after=formatdate(WALL + 45))
NONE_REMAIN_403 = limited(403, x_ratelimit_remaining=0, x_ratelimit_reset=WALL + 1800)
NONE_REMAIN_429 = limited(429, x_ratelimit_remaining=0, x_ratelimit_reset=WALL + 59)


@pytest.mark.parametrize(
    ("refusals", "seconds"),
    [
        pytest.param(
            [limited(429, retry_after=70)], 70,
            marks=pytest.mark.fault("429 with retry-after", "waits so long, then goes on"),
        ),
        pytest.param(
            [UNTIL_A_DATE], 45,
            marks=pytest.mark.fault("retry-after as a date", "waits until then, by the clock of GitHub"),
        ),
        pytest.param(
            [NONE_REMAIN_403], 1800,
            marks=pytest.mark.fault("403 with 0 remaining", "waits for x-ratelimit-reset"),
        ),
        pytest.param(
            [NONE_REMAIN_429], 59,
            marks=pytest.mark.fault("429 with 0 remaining", "waits for x-ratelimit-reset"),
        ),
        pytest.param(
            [limited(429)], 60, marks=pytest.mark.fault("429 that says nothing", "waits a minute")
        ),
        pytest.param(
            [limited(403, SECONDARY, retry_after=33)], 33,
            marks=pytest.mark.fault("a secondary limit with retry-after", "waits so long"),
        ),
        pytest.param(
            [limited(403, SECONDARY)], 60,
            marks=pytest.mark.fault("a secondary limit that says nothing", "waits a minute"),
        ),
        pytest.param(
            [limited(403, SECONDARY)] * 3, 60 + 120 + 240,
            marks=pytest.mark.fault("secondary limits in a row", "waits twice as long each time"),
        ),
    ],
)  # fmt: skip
def test_the_wait_after_each_documented_limit_is_within_a_second_of_the_rule(refusals, seconds):
    fake = FakeTime()
    began = fake.steady
    with FakeGitHub({"a/b": [issue(1)]}, fault=refused_once(*refusals), now=lambda: fake.wall) as server:
        (answer,) = get(server, fake)
    assert answer.status == 200
    assert fake.steady - began == pytest.approx(seconds, abs=1.0)


@pytest.mark.fault("no requests remain before the next one", "waits for the reset, sends none that fails")
def test_a_used_up_quota_is_waited_for_before_a_request_that_must_fail():
    fake = FakeTime()
    began = fake.steady
    with FakeGitHub({"a/b": [issue(1), issue(2)]}, quota=2, now=lambda: fake.wall) as server:
        get(server, fake, LIST, f"{LIST}&page=2", f"{LIST}&page=1")
    assert server.statuses == [200, 200, 200]
    assert fake.steady - began == pytest.approx(3600, abs=1.0)


def test_the_search_has_a_quota_of_its_own():
    fake = FakeTime()
    limits = GitHubLimits(fake.clock)
    used_up = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(fake.wall) + 30)}
    limits.note("/api/v3/search/issues", 200, used_up)
    assert limits.hold("/api/v3/search/issues") == 30
    assert limits.hold("/api/v3/repos/a/b/issues") == limits.hold("/repos/a/search/issues") == 0


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(
            -100.0, marks=pytest.mark.fault("the clock goes backwards in a wait", "the wait stays as long")
        ),
        pytest.param(
            100.0, marks=pytest.mark.fault("the clock jumps ahead in a wait", "the wait stays as long")
        ),
    ],
)
def test_a_clock_that_is_set_while_we_wait_changes_no_wait(step):
    fake = FakeTime(step)
    began, refusal = fake.steady, limited(403, x_ratelimit_remaining=0, x_ratelimit_reset=WALL + 90)
    with FakeGitHub({"a/b": [issue(1)]}, fault=refused_once(refusal), now=lambda: float(WALL)) as server:
        get(server, fake)
    assert fake.steady - began == pytest.approx(90, abs=1.0)


@pytest.mark.fault("our clock is hours wrong", "the reset is compared with GitHub's own clock")
@pytest.mark.parametrize("error_s", [-9000, 9000])
def test_a_wrong_clock_changes_no_wait(error_s):
    fake = FakeTime()
    fake.wall += error_s
    answer = Answer(
        403, "https://x.org",
        {"date": formatdate(WALL), "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(WALL + 90)}, b"",
    )  # fmt: skip
    assert GitHubLimits(fake.clock).wait(answer) == pytest.approx(90, abs=1.0)


def test_no_reset_is_waited_for_longer_than_the_hour_that_github_promises():
    fake = FakeTime()
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(WALL + 10**7)}
    assert GitHubLimits(fake.clock).wait(Answer(403, "https://x.org", headers, b"")) == 3600


def test_a_longer_wait_than_allowed_is_not_begun():
    fake = FakeTime()
    with (
        FakeGitHub({"a/b": [issue(1)]}, quota=1, now=lambda: fake.wall) as server,
        pytest.raises(HeldError) as held,
    ):
        get(server, fake, LIST, f"{LIST}&page=2", politeness=replace(FAST, patience_s=60.0))
    assert held.value.seconds == pytest.approx(3600, abs=1.0)
    assert server.statuses == [200]
    assert fake.steady == 50.0


def test_a_real_wait_is_within_a_second_of_the_rule_and_is_told(monkeypatch):
    def refuse_the_second_page(target: str, n: int):
        if "page=2" in target and n == 1:
            reset = int(time.time()) + 3
            return limited(403, x_ratelimit_remaining=0, x_ratelimit_reset=reset)
        return None

    notices, notes = [], []

    def tell(total: int | None, note: str) -> None:
        notes.append((time.monotonic(), note))

    rows = [issue(number) for number in range(1, 151)]
    with FakeGitHub({"a/b": rows}, fault=refuse_the_second_page) as server:
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        records = collect_github("a/b", notice=notices.append, tell=tell, max_wait_s=30)
        assert len(list(records)) == 150
    waiting = [moment for moment, note in notes if note.startswith("waiting")]
    (end, *_) = [moment for moment, note in notes if moment > waiting[-1]]
    assert end - waiting[0] == pytest.approx(3.0, abs=1.0)
    assert len(notices) == 1
    assert "waiting 3 s, until" in notices[0]
    assert any("waiting 1 s for the rate limit" in note for _, note in notes)


@pytest.mark.fault(
    "the quota is used up for longer than --max-wait", "an error says until when; rows are kept"
)
def test_a_wait_beyond_the_limit_is_an_error_with_the_end_and_the_remedy(monkeypatch):
    with FakeGitHub({"a/b": [issue(number) for number in range(1, 151)]}, quota=1) as server:
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        records, told = collect_github("a/b", max_wait_s=5), []
        with pytest.raises(SourceError, match=r"a/b: the rate limit .* resets at .* set GITHUB_TOKEN"):
            told.extend(records)
    assert len(told) == 100
    assert server.statuses == [200]
