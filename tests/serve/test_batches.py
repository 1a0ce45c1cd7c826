"""The queue: nobody waits for company, nobody is starved, nothing accepted is lost, and it has an end."""

import asyncio
import threading
import time

import pytest

from goemox.serve.batches import Batches
from goemox.serve.limits import Limits
from goemox.serve.problems import Problem
from goemox.serve.waiting import LONG, SHORT, SLICE


class Scoring:
    """Echoes texts; each batch waits for `open`, so that a test can fill the queue behind it."""

    def __init__(self, seconds=0.0, is_open=True):
        self.batches, self.seconds = [], seconds
        self.open = threading.Event()
        if is_open:
            self.open.set()

    def __call__(self, texts):
        assert self.open.wait(60)
        time.sleep(self.seconds)
        self.batches.append(list(texts))
        return [text.upper() for text in texts]


async def behind_one(scoring, batches, *requests):
    """Submit requests while a first one is being scored; their tasks, and the first one's."""
    first = asyncio.create_task(batches.submit(["first"]))
    while not batches._running or batches.waiting:
        await asyncio.sleep(0.001)
    tasks = [asyncio.create_task(batches.submit(texts)) for texts in requests]
    await asyncio.sleep(0.01)
    return first, tasks


def test_answers_come_in_the_order_of_the_texts():
    async def run():
        return await Batches(Scoring(), Limits()).submit([f"t{i}" for i in range(200)])

    assert asyncio.run(run()) == [f"T{i}" for i in range(200)]


def test_an_idle_queue_scores_at_once_and_a_busy_one_gathers():
    async def run():
        scoring = Scoring(is_open=False)
        batches = Batches(scoring, Limits())
        first, tasks = await behind_one(scoring, batches, *[[f"t{i}"] for i in range(30)])
        scoring.open.set()
        await asyncio.gather(first, *tasks)
        return [len(batch) for batch in scoring.batches]

    assert asyncio.run(run()) == [1, 30]


def test_a_short_request_overtakes_the_rest_of_a_long_one():
    async def run():
        scoring = Scoring(is_open=False)
        batches = Batches(scoring, Limits(batch_texts=SLICE))
        first, (long, short) = await behind_one(scoring, batches, ["long"] * 100, ["short"])
        scoring.open.set()
        await short
        is_long_waiting = not long.done()
        await asyncio.gather(first, long)
        return is_long_waiting, [len(batch) for batch in scoring.batches[:3]]

    assert asyncio.run(run()) == (True, [1, 16, 16])


def test_long_texts_share_no_batch_beyond_its_characters():
    async def run():
        scoring = Scoring()
        await Batches(scoring, Limits(batch_characters=100)).submit(["x" * 60, "y" * 60, "z" * 500, "w"])
        return [[len(text) for text in batch] for batch in scoring.batches]

    assert asyncio.run(run()) == [[60], [60], [500], [1]]


def test_idle_threads_share_what_waits_and_the_order_stays():
    async def run():
        scoring = Scoring(0.02)
        batches = Batches(scoring, Limits(batch_texts=8), threads=2)
        answers = await batches.submit([f"t{i}" for i in range(40)])
        return answers, scoring.batches

    answers, sent = asyncio.run(run())
    assert answers == [f"T{i}" for i in range(40)]
    assert sorted(map(len, sent)) == [8] * 5


def test_two_threads_score_at_the_same_time():
    both_are_here = threading.Barrier(2, timeout=60)  # one alone does not get past it

    def score(texts):
        both_are_here.wait()
        return texts

    async def run():
        batches = Batches(score, Limits(), threads=2)
        return await asyncio.gather(batches.submit(["a"]), batches.submit(["b"]))

    assert asyncio.run(run()) == [["a"], ["b"]]


def test_a_thread_gathers_its_share_of_what_is_under_way_but_not_for_long():
    scoring = Scoring(is_open=False)

    def score(texts):  # the first half waits for `open`, the second is there at once
        return scoring(texts) if "t0" in texts else [text.upper() for text in texts]

    async def run():
        batches = Batches(score, Limits(), threads=2)
        crowd = asyncio.create_task(batches.submit([f"t{i}" for i in range(40)]))
        while batches._n_running != 20:
            await asyncio.sleep(0.001)
        began = time.monotonic()
        late = asyncio.create_task(batches.submit(["late"]))
        await asyncio.sleep(0)
        gathers = batches.waiting == 1
        await late  # though the crowd is still being scored
        seconds = time.monotonic() - began
        scoring.open.set()
        await crowd
        return gathers, seconds

    gathers, seconds = asyncio.run(run())
    assert gathers
    assert 0.002 < seconds < 5


def test_two_clients_that_ask_in_turn_are_not_held_up():
    async def run():
        scoring = Scoring(is_open=False)
        batches = Batches(scoring, Limits(), threads=2)
        first = asyncio.create_task(batches.submit(["first"]))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(batches.submit(["second"]))
        await asyncio.sleep(0)
        waiting = batches.waiting
        scoring.open.set()
        await asyncio.gather(first, second)
        return waiting

    assert asyncio.run(run()) == 0


def test_short_requests_are_answered_while_the_line_of_long_ones_is_full():
    async def run():
        scoring = Scoring(is_open=False)
        batches = Batches(scoring, Limits(queue_texts=10))
        long = [["long"] * 80, ["long"] * 80]
        first, tasks = await behind_one(scoring, batches, *long)
        with pytest.raises(Problem, match="overloaded"):
            await batches.submit(["long"] * (SHORT + 1))
        short = asyncio.create_task(batches.submit(["short"]))
        scoring.open.set()
        await short
        n_before = sum(map(len, scoring.batches))
        await asyncio.gather(first, *tasks)
        return n_before

    assert LONG * 10 == 160
    assert asyncio.run(run()) <= 1 + 2 * 32


def test_long_texts_of_long_requests_are_bounded_by_what_they_cost():
    async def run():
        scoring = Scoring(is_open=False)
        batches = Batches(scoring, Limits(queue_texts=10))
        first, tasks = await behind_one(scoring, batches, ["x" * 9_000] * 17)
        with pytest.raises(Problem, match="overloaded"):
            await batches.submit(["short text"] * 17)
        scoring.open.set()
        await asyncio.gather(first, *tasks)
        return await batches.submit(["short text"] * 17), batches._line._long_characters

    answers, characters = asyncio.run(run())
    assert len(answers) == 17
    assert characters == 0


def test_where_both_wait_neither_is_starved():
    async def run():
        scoring = Scoring(0.001)
        batches = Batches(scoring, Limits(batch_texts=SLICE))
        long = asyncio.create_task(batches.submit(["long"] * 64))

        async def client():
            while not long.done():
                await batches.submit(["short"] * SHORT)

        clients = [asyncio.create_task(client()) for _ in range(6)]
        await asyncio.wait_for(asyncio.gather(long, *clients), 60)
        return scoring.batches

    sent = asyncio.run(run())
    assert sum("long" in batch for batch in sent) >= 4
    assert sum("short" in batch for batch in sent) >= 4


def test_a_full_queue_turns_away_whole_requests_and_says_when_to_return():
    async def run():
        scoring = Scoring(is_open=False)
        batches = Batches(scoring, Limits(queue_texts=10))
        first, tasks = await behind_one(scoring, batches, ["a"] * 8)
        fits = asyncio.create_task(batches.submit(["c"] * 3))
        await asyncio.sleep(0)
        with pytest.raises(Problem) as refused:
            await batches.submit(["b"])
        assert batches.waiting == 11
        scoring.open.set()
        await asyncio.gather(first, *tasks, fits)
        return refused.value.code, refused.value.retry_after, batches.waiting

    assert asyncio.run(run()) == ("overloaded", 1, 0)


def test_all_idle_threads_get_work_when_the_time_for_gathering_is_up():
    scoring, both_are_here = Scoring(is_open=False), threading.Barrier(2, timeout=60)

    def score(texts):
        if "first0" in texts:
            return scoring(texts)
        if "late" in texts:
            both_are_here.wait()  # one thread alone does not get past it
        return texts

    async def run():
        batches = Batches(score, Limits(), threads=4)
        first = asyncio.create_task(batches.submit([f"first{i}" for i in range(60)]))
        while batches._n_running != 15:
            await asyncio.sleep(0.001)
        late = await asyncio.gather(*(batches.submit(["late"]) for _ in range(2)))
        scoring.open.set()
        await first
        return late

    assert asyncio.run(run()) == [["late"], ["late"]]


@pytest.mark.parametrize("error", [StopIteration(), MemoryError("none left"), KeyboardInterrupt()])
def test_after_whatever_error_the_next_is_answered(error):
    def score(texts):
        if "bad" in texts:
            raise error
        return texts

    async def run():
        batches = Batches(score, Limits(), threads=2)
        with pytest.raises((RuntimeError, MemoryError)):
            await batches.submit(["bad"])
        answers = await batches.submit(["good"])
        await batches.close()
        return answers

    assert asyncio.run(run()) == ["good"]


def test_who_leaves_is_taken_out_of_the_queue_and_never_scored():
    async def run():
        scoring = Scoring(is_open=False)
        batches = Batches(scoring, Limits())
        first, (gone, stays) = await behind_one(scoring, batches, ["gone"] * 5, ["stays"])
        gone.cancel()
        await asyncio.sleep(0.01)
        waiting = batches.waiting
        scoring.open.set()
        await asyncio.gather(first, stays)
        return waiting, scoring.batches

    assert asyncio.run(run()) == (1, [["first"], ["stays"]])


def test_closing_finishes_what_was_accepted_and_takes_nothing_new():
    async def run():
        batches = Batches(Scoring(0.02), Limits(batch_texts=2))
        accepted = asyncio.create_task(batches.submit(["a", "b", "c", "d", "e"]))
        await asyncio.sleep(0)
        closing = asyncio.create_task(batches.close())
        await asyncio.sleep(0)
        with pytest.raises(Problem, match="not-ready"):
            await batches.submit(["late"])
        await closing
        return await accepted

    assert asyncio.run(run()) == ["A", "B", "C", "D", "E"]


def test_an_error_of_the_model_reaches_those_who_asked_and_the_next_is_answered():
    calls = []

    def score(texts):
        calls.append(texts)
        if "bad" in texts:
            raise ValueError("no")
        return texts

    async def run():
        batches = Batches(score, Limits())
        with pytest.raises(ValueError, match="no"):
            await batches.submit(["bad"] * 200)
        return await batches.submit(["good"]), batches.waiting

    assert asyncio.run(run()) == (["good"], 0)
    assert len(calls) == 2


def test_an_answer_that_takes_too_long_is_given_up():
    async def run():
        scoring = Scoring(is_open=False)
        batches = Batches(scoring, Limits(answer_s=0.05))
        with pytest.raises(Problem, match="too-slow") as told:
            await batches.submit(["slow"])
        assert told.value.detail == ""
        with pytest.raises(Problem, match="too-slow") as told:
            await batches.submit(["slow"] * 20)
        assert "fewer texts at once" in told.value.detail  # to try again would be as slow
        with pytest.raises(Problem, match="too-slow") as told:
            await batches.submit(["slow"] * 20, "Send a shorter text.")  # that is read once for each word
        assert told.value.detail == "Send a shorter text."
        scoring.open.set()
        await batches.close()
        return batches.waiting

    assert asyncio.run(run()) == 0
