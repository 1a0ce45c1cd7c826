"""What a refusal that is no limit costs: the repository that it is about, or the whole run."""

import pytest
from fake_github import comment, issue, limited

from goemox.errors import SourceError
from goemox.http import Politeness
from goemox.sources.github import collect_github, forecast_github

FAST = Politeness(concurrency=1, per_second=5000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02)
ROWS = {"a/b": [issue(1, comments=1)], "c/d": [issue(2)]}


def blocked(where: str):
    refusal = (403, {}, b'{"message": "Repository access blocked"}')
    return lambda target, n: refusal if where in target else None


@pytest.mark.fault(
    "403 for one of several repositories (SAML, a token without it, blocked)",
    "told with GitHub's words; the others come",
)
def test_a_repository_that_is_refused_does_not_stop_the_others(github):
    github(ROWS, fault=blocked("/x/"))
    names = ["a/b", *(f"x/{n}" for n in range(4)), "c/d", *(f"x/{n}" for n in range(4, 8))]
    told, notices = [], []
    with pytest.raises(SourceError, match=r"x/0: .*403: Repository access blocked.* \(and 7 of 10 more\)"):
        told.extend(collect_github(names, politeness=FAST, notice=notices.append))
    assert [record.id for record in told] == ["a/b#1", "c/d#2"]
    assert len(notices) == 8


@pytest.mark.fault(
    "422 for further pages of a list", "what to do; rows so far kept, the other repositories come"
)
def test_a_list_that_goes_on_and_is_refused_says_how_to_get_the_rest(github):
    told = limited(
        422, "In order to keep the API fast for everyone, pagination is limited for this resource."
    )
    github(
        {"a/b": [issue(n) for n in range(1, 251)], "c/d": [issue(2)]},
        fault=lambda target, n: told if "a/b" in target and "page=3" in target else None,
    )
    records = []
    with pytest.raises(SourceError, match=r"a/b: .* shows no more pages .*--since and --until"):
        records.extend(collect_github(["a/b", "c/d"], politeness=FAST))
    assert len(records) == 201


@pytest.mark.fault("403 for five repositories in a row", "error with GitHub's words; no more are asked")
@pytest.mark.parametrize("take", [collect_github, forecast_github])
def test_the_fifth_refusal_in_a_row_is_the_last(github, take):
    server = github(ROWS, fault=blocked("/x/"))
    with pytest.raises(SourceError, match=r"x/4: .*blocked\).* 5 were refused in a row.* leave these"):
        list(take([*(f"x/{n}" for n in range(5)), "a/b"], politeness=FAST))
    assert len(server.requests) == 5


@pytest.mark.fault("403 for the comments of an issue", "error with GitHub's words; rows so far kept")
def test_comments_that_are_refused_are_told_and_not_skipped(github):
    github(ROWS, fault=blocked("/comments"))
    told = []
    with pytest.raises(SourceError, match=r"a/b#1: .*Repository access blocked"):
        told.extend(collect_github("a/b", comments=True, politeness=FAST))
    assert [record.id for record in told] == ["a/b#1"]


@pytest.mark.parametrize(
    ("asked", "refusal", "remedy"),
    [
        ({"repositories": "a/b"}, {"x_ratelimit_remaining": 0, "x_ratelimit_reset": 2**33},
         "or set GITHUB_TOKEN, which raises the limit from 60 to 5,000 requests an hour"),
        ({"search": "x"}, {"x_ratelimit_remaining": 0, "x_ratelimit_reset": 2**33},
         "or set GITHUB_TOKEN, which raises the limit from 10 to 30 searches a minute"),
        ({"search": "x"}, {"retry_after": 900}, "then run the same command again: rows so far are kept"),
    ],
)  # fmt: skip
def test_a_token_is_named_as_a_remedy_only_for_limits_that_it_raises(github, asked, refusal, remedy):
    github(ROWS, fault=lambda target, n: limited(403, **refusal))
    with pytest.raises(SourceError) as error:
        list(collect_github(**asked, max_wait_s=0, politeness=FAST))
    assert str(error.value).endswith(f"wait, {remedy}")


@pytest.mark.fault(
    "403 for the comments in one of the repositories that a search found", "told; the others' come"
)
def test_comments_that_are_refused_in_one_repository_do_not_stop_the_others_of_a_search(github):
    rows = {"a/b": [issue(1, comments=1)], "c/d": [issue(2, comments=1)], "e/f": [issue(3)]}
    github(rows, {"c/d": [comment(9, 2)]}, fault=blocked("/repos/a/b/"))
    told, notices = [], []
    with pytest.raises(SourceError, match=r"a/b#1: .*Repository access blocked"):
        told.extend(collect_github(search="Issue", comments=True, politeness=FAST, notice=notices.append))
    assert {record.meta["type"] for record in told if record.meta["repo"] == "c/d"} == {"issue", "comment"}
    assert len(notices) == 1


def test_a_forecast_names_the_repositories_that_are_refused_and_counts_the_others(github):
    github(ROWS, fault=blocked("/x/"))
    notices = []
    assert forecast_github(["a/b", "x/1", "c/d"], politeness=FAST, notice=notices.append).n_texts == 2
    assert len(notices) == 1
    assert notices[0].startswith("x/1: ")


def test_a_forecast_counts_the_issues_of_a_repository_that_refuses_its_comments(github):
    github(ROWS, fault=blocked("/repos/a/b/issues/comments"))
    notices = []
    forecast = forecast_github(["a/b", "c/d"], comments=True, politeness=FAST, notice=notices.append)
    assert forecast.n_texts == 2
    assert len(notices) == 1


def test_a_forecast_of_nothing_but_refused_repositories_says_why(github):
    github(ROWS, fault=blocked("/x/"))
    with pytest.raises(SourceError, match=r"x/1: .*Repository access blocked"):
        forecast_github(["x/1", "x/2"], politeness=FAST)
