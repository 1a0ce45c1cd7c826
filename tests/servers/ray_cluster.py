"""Two machines of a Ray cluster on this one, one core each: prints its address, ends when stdin does.

`kill` on stdin takes the second machine away at once, with all that runs on it.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_worker_niceness="0")
SMALL = {"num_cpus": 1, "object_store_memory": 100_000_000}


def main():
    from ray.cluster_utils import Cluster

    scratch = Path(tempfile.mkdtemp(prefix="ray-"))  # short: names of sockets may have 107 bytes
    os.environ["RAY_TMPDIR"] = str(scratch)
    (scratch / "ray").mkdir()
    # Neither logs are shown nor machines added, so nothing has to look after either.
    unneeded = {"include_dashboard": False, "include_log_monitor": False, "no_monitor": True}
    first = {**SMALL, **unneeded, "temp_dir": str(scratch)}
    cluster = Cluster(initialize_head=True, head_node_args=first)
    try:
        second = cluster.add_node(**SMALL)
        print(f"address {cluster.address}", flush=True)
        for line in sys.stdin:
            if line.strip() == "kill":
                cluster.remove_node(second, allow_graceful=False)
                print("killed", flush=True)
    finally:
        cluster.shutdown()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
