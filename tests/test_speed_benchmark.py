"""The speed benchmark lets one competitor work at a time, and its page says what nobody measured."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
WORKER = """
import json, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    time.sleep(0.002 if asked["batch"] == 32 else 0.02)
    print(json.dumps({"seconds": 0.5, "cpu_s": 0.4, "n": asked["rows"], "labels": 1}), flush=True)
"""


@pytest.fixture
def speed(monkeypatch):
    """The benchmark's own modules, as its command finds them; gone afterwards."""
    folders = (BENCHMARKS / "speed", BENCHMARKS)
    for folder in reversed(folders):
        monkeypatch.syspath_prepend(str(folder))
    yield
    for folder in folders:
        for file in folder.glob("*.py"):
            sys.modules.pop(file.stem, None)


def compared(**changed):
    """A result of a comparison with three competitors."""
    rates = {"goemox": 2_000, "goemox[openvino]": 3_000, "OpenVINO int8": 2_500, "onnxruntime int8": 1_500,
             "transformers, batch 32": 250, "TF-IDF + logistic regression": 90_000}  # fmt: skip
    spread = {name: {"median": rate, "least": rate, "most": rate} for name, rate in rates.items()}
    return {
        "texts": 5_427, "tokens_a_text": 18.0, "others": 0.01, "date": "2026-11-26", "machine": "two cores",
        "command": "c", "versions": {},
        "padding": {"goemox": 0.02, "goemox[openvino]": 0.03, "sorted, batch 16": 0.04,
                    "sorted, batch 32": 0.06, "sorted, batch 64": 0.1},
        "competitors": {
            name: {"words": name, "texts_per_second": spread[name], "cpu_us": spread[name], "batch": 32,
                   "texts_a_turn": 512}
            for name in rates
        },
        "ratios": {
            f"{one} / {other}": {"clock": dict.fromkeys(spread[one], rates[one] / rates[other])}
            for one in ("goemox", "goemox[openvino]") for other in rates
        },
    } | changed  # fmt: skip


def test_a_page_of_nothing_says_so_for_every_goal(speed, monkeypatch, tmp_path):
    import goals
    import performance_page

    monkeypatch.setattr(performance_page, "RESULTS", tmp_path)
    made = performance_page.files()
    page = made[performance_page.PAGE]
    assert page.count("| not measured |\n") >= len(goals.GOALS)
    assert "{{" not in page
    assert "Not measured yet." in made[performance_page.README]
    assert not any(path.suffix == ".svg" for path in made)


def test_goals_are_judged_against_the_fastest_peer_that_runs_the_same_model(speed, monkeypatch, tmp_path):
    import performance_page

    for row in ("short", "long", "mixed"):
        (tmp_path / f"{row}.json").write_text(json.dumps(compared()))
    monkeypatch.setattr(performance_page, "RESULTS", tmp_path)
    made = performance_page.files()
    page = made[performance_page.PAGE]
    assert "| ≥ 12 × | 12.00 × (12.00 to 12.00): 3,000 texts/s (goemox[openvino]) to 250 | reached |" in page
    best = "1.20 × (1.20 to 1.20): 3,000 texts/s (goemox[openvino]) to 2,500 (OpenVINO int8)"
    assert f"| ≥ 1.3 × | {best} | **missed** |" in page
    assert "at most 3.0% (short, goemox[openvino])" in page
    assert "1.20 times the best runtime set up by hand (OpenVINO int8)" in made[performance_page.README]


def test_a_picture_is_readable_in_light_and_dark_and_says_what_it_shows(speed):
    from charts import Bar, bars

    drawn = bars("Title", "What it shows", [Bar("<us>", 10, 9, 12, "ours"), Bar("peer", 5, 4, 6, "peer")])
    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "prefers-color-scheme:dark" in drawn
    assert "<desc" in drawn
    assert "What it shows" in drawn
    assert "&lt;us&gt;" in drawn


def test_the_graph_is_taken_apart_by_its_operators_and_adds_up(speed):
    from parts import FILLS, parts_of

    stages = {"tokens": 30, "plan": 1, "padding and copies": 9, "graph": 900, "labels": 1,
              "domain distance": 9, "answers": 50}  # fmt: skip
    kinds = [{"kind": "MatMulIntegerToFloat", "share": 0.5}, {"kind": "Softmax", "share": 0.1},
             {"kind": "LayerNormalization", "share": 0.2}, {"kind": "Transpose", "share": 0.1},
             {"kind": "all others", "share": 0.1}]  # fmt: skip
    runs = [{"runtime": "onnxruntime", "rows": 32, "tokens": 18, "operators": kinds}]
    found = parts_of("goemox", stages, {"after": {"runs": runs}})
    assert found["int8 products"] == pytest.approx(450)
    assert sum(found.values()) == pytest.approx(sum(stages.values()))
    assert set(found) <= set(FILLS)
    assert parts_of("goemox[openvino]", stages, {"after": {"runs": runs}})["graph"] == 900


def test_answers_of_a_peer_set_up_by_hand_come_back_in_the_order_of_the_texts(speed):
    from by_hand import batches, by_hand

    class Words:
        """A tokenizer that knows a token a letter."""

        def encode_batch_fast(self, texts):
            return [type("Encoding", (), {"ids": [1] * len(text)}) for text in texts]

    run = by_hand(Words(), ["long"], lambda plan: [batch.mask.sum(1, keepdims=True) - 3.5 for batch in plan])
    assert [chosen for chosen, _ in run(["aaaa", "a", "aaaaaa", "aa"], 2)] == [["long"], [], ["long"], []]
    plan = list(batches([[7], [8, 9, 9], [5, 5]], 2))
    assert [batch.ids.tolist() for batch in plan] == [[[8, 9, 9], [5, 5, 0]], [[7]]]
    assert [batch.rows.tolist() for batch in plan] == [[1, 2], [0]]


def test_padding_is_counted_as_a_share_of_what_is_computed(speed):
    pytest.importorskip("openvino", reason="openvino is not installed: pip install 'goemox[openvino]'")
    from rows import waste

    assert waste(np.array([1, 3, 4]), [(2, 3), (1, 4)]) == pytest.approx(0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="the benchmark stops processes and reads /proc")
def test_whoever_is_not_at_work_is_stopped_and_everyone_ends_with_the_benchmark(speed, monkeypatch, tmp_path):
    import interleaved
    from competitors import Competitor
    from plan import Plan

    (tmp_path / "worker.py").write_text(WORKER)
    monkeypatch.setattr(interleaved, "HERE", tmp_path)
    places = interleaved.Places(sys.executable, sys.executable, tmp_path, tmp_path)
    ones = [Competitor(name, name, "graphs", name, batch) for name, batch in (("a", 32), ("b", None))]
    with interleaved.opened(ones[0], places) as first, interleaved.opened(ones[1], places) as second:
        workers = (first, second)
        interleaved.races(workers, "none", 1_000, Plan(rounds=2, turn_s=0.1), lambda words: None)
        assert [len(worker.runs) for worker in workers] == [2, 2]
        until = time.monotonic() + 30
        while [state(worker.process.pid) for worker in workers] != ["T", "T"]:
            assert time.monotonic() < until
            time.sleep(0.01)
    assert [worker.process.poll() for worker in workers] == [0, 0]


def state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
