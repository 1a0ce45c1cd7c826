"""Where the time of the bundled graph goes, by kind of operator, and how near its products come to the peak.

    python benchmarks/speed/operators.py [--graph FILE] [--when after] [--output FILE]

Both runtimes, one thread. Totals are seconds of the processor, the least of several runs, so that other
programs hardly count. Operators are timed by each runtime's own profiler, in time that passes: the least of
each operator's runs. The peak is that of large int8 products through each runtime, and of float32 and
bfloat16 ones through torch where it is installed. Prints and writes results/speed/operators.json; what
`--when` names there (before, after) is written anew, the rest stays. Two minutes on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from goemox.model_folder import default_folder, file_sha256, open_model
from goemox.runtime.onnxruntime_engine import SLOWER

sys.path.insert(0, str(Path(__file__).parent.parent))

from report_limits import processor

SHAPES = ((16, 18), (32, 18), (8, 256))  # rows, tokens
PRODUCTS = ((512, 1024, 1024), (1024, 2048, 2048))  # tokens, inputs, outputs; the faster one is the peak
LAYERS, WIDTH, INNER = 6, 384, 1536
REPEATS = 12
SHOWN = 12  # kinds of operators that are listed; the rest is one line

Run = Callable[[dict[str, Any]], object]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--graph", type=Path, default=open_model(default_folder()).onnx)
    parser.add_argument("--when", default="after", choices=("before", "after"))
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).parent.parent / "results/speed/operators.json"
    )
    arguments = parser.parse_args()
    document = json.loads(arguments.output.read_text("utf-8")) if arguments.output.is_file() else {}
    document |= {
        "claim": "most of the time goes into int8 products, which run near the peak of each runtime",
        "command": "python benchmarks/speed/operators.py",
        "machine": processor(),
        "peak_tops_one_core": peaks(),
    }
    document[arguments.when] = {
        "date": datetime.now(UTC).date().isoformat(),
        "graph_sha256": file_sha256(arguments.graph),
        "runs": [profile(arguments.graph, *shape, name) for shape in SHAPES for name in _runtimes()],
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    print(json.dumps({"peak_tops_one_core": document["peak_tops_one_core"]}))
    for run in document[arguments.when]["runs"]:
        print(run["runtime"], run["rows"], "x", run["tokens"], run["milliseconds"], "ms", run["tops"], "TOPS")
        for kind in run["operators"]:
            print(f"  {kind['kind']:<34}{kind['nodes']:>5}{kind['share']:>8.1%}")


def profile(graph: Path, rows: int, tokens: int, runtime: str) -> dict[str, Any]:
    """Milliseconds of one run of `rows` texts of `tokens` tokens, and each operator kind's share of it."""
    ids = np.random.default_rng(0).integers(1_000, 20_000, (rows, tokens))
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    seconds = least_seconds(_open(runtime, graph), feeds)
    times = (_onnxruntime_times if runtime == "onnxruntime" else _openvino_times)(graph, feeds)
    total = sum(least for _, least in times)
    kinds: dict[str, list[float]] = defaultdict(list)
    for kind, least in times:
        kinds[kind].append(least)
    listed = sorted(kinds.items(), key=lambda entry: -sum(entry[1]))
    shares = [
        {"kind": kind, "nodes": len(each), "share": round(sum(each) / total, 4)} for kind, each in listed
    ]
    rest = {"kind": "all others", "nodes": sum(entry["nodes"] for entry in shares[SHOWN:])}
    rest["share"] = round(sum(entry["share"] for entry in shares[SHOWN:]), 4)
    return {
        "runtime": runtime, "rows": rows, "tokens": tokens, "milliseconds": round(1e3 * seconds, 2),
        "tops": round(_operations(rows, tokens) / seconds / 1e12, 3),
        "operators": [*shares[:SHOWN], rest],
    }  # fmt: skip


def _operations(rows: int, tokens: int) -> float:
    """Multiplications and additions of the int8 products; attention's own and the head's are left out."""
    layer = 4 * WIDTH * WIDTH + 2 * WIDTH * INNER
    every_token = LAYERS * layer + 2 * WIDTH * WIDTH  # the pooling layer reads keys and values of all
    return 2.0 * rows * (tokens * every_token + layer - 2 * WIDTH * WIDTH)


def least_seconds(run: Run, feeds: dict[str, Any]) -> float:
    """Processor seconds of one run, the least of several."""
    run(feeds)
    run(feeds)
    seconds = []
    for _ in range(REPEATS):
        began = time.process_time()
        run(feeds)
        run(feeds)
        seconds.append((time.process_time() - began) / 2)
    return min(seconds)


def _runtimes() -> list[str]:
    try:
        import openvino  # noqa: F401
    except ImportError:
        return ["onnxruntime"]
    return ["onnxruntime", "openvino"]


def _open(runtime: str, graph: Path) -> Run:
    if runtime == "onnxruntime":
        session = _session(graph)
        return lambda feeds: session.run(None, feeds)
    request = _compiled(graph).create_infer_request()
    return lambda feeds: request.infer(feeds, share_inputs=True)


def _session(graph: Path, profile_to: str | None = None) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    if profile_to:
        options.enable_profiling, options.profile_file_prefix = True, profile_to
    return onnxruntime.InferenceSession(
        graph.read_bytes(), options, providers=["CPUExecutionProvider"], disabled_optimizers=[*SLOWER]
    )


def _compiled(graph: Path, **more: object) -> Any:
    import openvino

    settings = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": "1", "ENABLE_CPU_PINNING": False} | more
    core = openvino.Core()
    return core.compile_model(core.read_model(graph), "CPU", settings)


def _onnxruntime_times(graph: Path, feeds: dict[str, Any]) -> list[tuple[str, float]]:
    """Kind and least microseconds of each node."""
    with tempfile.TemporaryDirectory() as folder:
        session = _session(graph, f"{folder}/profile")
        for _ in range(REPEATS):
            session.run(None, feeds)
        events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    found: dict[str, list[float]] = defaultdict(list)
    kinds = {}
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("kernel_time"):
            found[event["name"]].append(event["dur"])
            kinds[event["name"]] = event["args"]["op_name"]
    return [(kinds[name], min(each)) for name, each in found.items()]


def _openvino_times(graph: Path, feeds: dict[str, Any]) -> list[tuple[str, float]]:
    """The same of OpenVINO, kinds with the kernel that ran."""
    request = _compiled(graph, PERF_COUNT=True).create_infer_request()
    found: dict[str, list[float]] = defaultdict(list)
    kinds = {}
    for _ in range(REPEATS):
        request.infer(feeds, share_inputs=True)
        for node in request.profiling_info:
            spent = node.real_time.total_seconds() * 1e6
            if spent > 0:
                found[node.node_name].append(spent)
                kinds[node.node_name] = f"{node.node_type} {node.exec_type}"
    return [(kinds[name], min(each)) for name, each in found.items()]


def peaks() -> dict[str, float]:
    """Trillion operations a second of one core in large products, by runtime and number format."""
    found: dict[str, float] = {}
    for shape in PRODUCTS:
        for name, seconds in _product_seconds(*shape).items():
            found[name] = max(found.get(name, 0.0), round(2.0 * float(np.prod(shape)) / seconds / 1e12, 3))
    return found


def _product_seconds(n: int, d: int, m: int) -> dict[str, float]:
    """Seconds of a product (n, d) by (d, m), by runtime and number format."""
    feeds = {"x": np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)}
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "product.onnx"
        graph.write_bytes(_product(d, m))
        for runtime in _runtimes():
            seconds[f"{runtime} int8"] = least_seconds(_open(runtime, graph), feeds)
    try:
        import torch
    except ImportError:
        return seconds
    torch.set_num_threads(1)
    for kind in (torch.float32, torch.bfloat16):
        left, right = torch.randn(n, d).to(kind), torch.randn(d, m).to(kind)
        name = f"torch {str(kind).removeprefix('torch.')}"
        seconds[name] = least_seconds(lambda _, a=left, b=right: a @ b, {})
    return seconds


def _product(d: int, m: int) -> bytes:
    """A graph with one int8 product, written as the bundled graph's are."""
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(0).integers(-60, 60, (d, m)).astype(np.int8)
    stored = {
        "s": np.float32(0.02), "z": np.uint8(128), "w": weights, "ws": np.full(m, 0.01, dtype=np.float32),
        "wz": np.zeros(m, dtype=np.int8),
    }  # fmt: skip
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", "s", "z"], ["xd"]),
        helper.make_node("DequantizeLinear", ["w", "ws", "wz"], ["wd"], axis=1),
        helper.make_node("MatMul", ["xd", "wd"], ["y"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "product",
        [value("x", TensorProto.FLOAT, ["n", d])],
        [value("y", TensorProto.FLOAT, ["n", m])],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in stored.items()],
    )
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return bytes(whole.SerializeToString())


if __name__ == "__main__":
    main()
