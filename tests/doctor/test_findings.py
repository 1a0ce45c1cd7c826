"""Each thing that `goemox doctor` finds, in the real condition: real files, variables, packages and dates."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from forked import goemox

from goemox.data.hub import PINS, REVISION
from goemox.doctor.cache import cache
from goemox.doctor.clock import WRITTEN, clock
from goemox.doctor.model import model_folder
from goemox.doctor.network import network
from goemox.doctor.packages import packages, python
from goemox.doctor.processor import processor
from goemox.model_folder import default_folder, write_sums

POSIX = pytest.mark.skipif(os.name == "nt", reason="files of a Unix system")


def typed(*arguments, **variables):
    """`goemox` from its start on."""
    return subprocess.run(
        [sys.executable, "-m", "goemox", *arguments],
        capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **variables},
    )  # fmt: skip


def odd(found):
    """{name: (state, detail and remedy)} of what is not in order; a remedy stands with each."""
    wrong = [finding for finding in found if finding.state not in ("ok", "missing")]
    assert all(finding.remedy for finding in wrong)
    return {finding.name: (finding.state, f"{finding.detail} -> {finding.remedy}") for finding in wrong}


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """An empty cache folder that is used."""
    place = tmp_path / "cache"
    place.mkdir()
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(place))
    return place


def installed(folder, name, version):
    """A package as its installer leaves it, for who lists packages."""
    place = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    place.mkdir()
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


# packages


def test_nothing_is_broken_in_this_installation(cached):
    found = [*python(), *packages(), processor(), *model_folder(None), *cache(), clock()]
    assert [finding for finding in found if finding.state == "problem"] == []


def test_two_runtimes_over_each_others_files_are_a_problem(tmp_path, monkeypatch):
    installed(tmp_path, "onnxruntime-gpu", "1.22.0")
    monkeypatch.syspath_prepend(tmp_path)
    state, told = odd(packages())["runtimes"]
    assert state == "problem"
    assert "onnxruntime and onnxruntime-gpu" in told
    assert "pip uninstall -y onnxruntime onnxruntime-gpu && pip install --force-reinstall onnxruntime" in told


@pytest.mark.parametrize("build", ["2.13.0+cu126", "2.13.0+rocm6.2"])
def test_a_torch_for_a_gpu_that_is_not_there_is_told_with_the_smaller_one(tmp_path, monkeypatch, build):
    installed(tmp_path, "torch", build)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("goemox.doctor.packages.GPU", (tmp_path / "no-gpu",))
    monkeypatch.setenv("PATH", str(tmp_path))
    state, told = odd(packages())["torch"]
    assert state == "warning"
    assert build in told
    assert "torch's CPU build" in told


def test_a_torch_for_a_gpu_that_is_there_is_right(tmp_path, monkeypatch):
    installed(tmp_path, "torch", "2.13.0+cu126")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("goemox.doctor.packages.GPU", (tmp_path,))
    assert odd(packages()) == {}


def test_a_torch_with_its_gpu_packages_is_known_by_them(tmp_path, monkeypatch):
    installed(tmp_path, "torch", "2.13.0")
    installed(tmp_path, "nvidia-cublas-cu12", "12.6")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("goemox.doctor.packages.GPU", (tmp_path / "no-gpu",))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "came with 1 packages for NVIDIA GPUs" in odd(packages())["torch"][1]


def test_a_python_of_32_bits_or_of_another_processor_is_told():
    assert odd(python(bits=32))["python"][0] == "problem"
    assert "arm64" in odd(python(translated=True))["python"][1]


def test_a_console_without_utf_8_is_a_warning():
    done = goemox("doctor", "--json", PYTHONIOENCODING="cp1252")
    found = {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert found["console"]["state"] == "warning"
    assert "cp1252" in found["console"]["detail"]
    assert "PYTHONUTF8=1" in found["console"]["remedy"]


@pytest.mark.parametrize(
    ("flags", "machine", "state"),
    [({"sse2"}, "x86_64", "problem"), ({"avx"}, "AMD64", "warning"), ({"avx", "avx2"}, "x86_64", "ok"),
     ({"asimd"}, "aarch64", "ok")],
)  # fmt: skip
def test_a_processor_without_avx_is_a_problem_and_without_avx2_slow(flags, machine, state):
    assert processor(flags, machine).state == state


def test_more_threads_than_cores_are_not_said_to_be_some_of_them(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "6400")
    assert f"{os.cpu_count()} cores, 6400 threads by OMP_NUM_THREADS" in processor({"avx2", "avx"}).detail


# the model


@pytest.mark.parametrize(
    ("schema", "remedy"),
    [("goemox.model/2", "pip install --upgrade goemox"), ("goemox.model/0", "train or export it again")],
)
def test_a_model_of_another_schema_says_what_to_renew(tmp_path, schema, remedy):
    folder = shutil.copytree(default_folder(), tmp_path / "m")
    change(folder, schema=schema)
    state, told = odd(model_folder(folder))["model"]
    assert (state, remedy in told) == ("problem", True)


def test_a_model_made_by_a_newer_goemox_is_a_warning(tmp_path):
    folder = shutil.copytree(default_folder(), tmp_path / "m")
    change(folder, goemox_version="99.0.1")
    assert "made by goemox 99.0.1, newer" in odd(model_folder(folder))["model"][1]


def test_a_damaged_or_missing_model_is_a_problem(tmp_path):
    folder = shutil.copytree(default_folder(), tmp_path / "m")
    (folder / "tokenizer.json").write_text("{")
    assert "differs from SHA256SUMS" in odd(model_folder(folder))["model"][1]
    assert "no such model folder" in odd(model_folder(tmp_path / "none"))["model"][1]


def change(folder, **facts):
    known = json.loads((folder / "goemox.json").read_text("utf-8"))
    (folder / "goemox.json").write_text(json.dumps(known | facts), encoding="utf-8")
    write_sums(folder)


# the cache


@POSIX
@pytest.mark.parametrize("place", ["/dev/null", "/dev/null/cache", "/proc/goemox"])
def test_a_cache_where_nothing_can_be_written_is_a_problem_even_for_root(monkeypatch, place):
    monkeypatch.setenv("GOEMOX_CACHE_DIR", place)
    state, told = odd(cache())["cache"]
    assert (state, place in told) == ("problem", True)
    assert "set GOEMOX_CACHE_DIR" in told


@POSIX
def test_a_disk_that_takes_nothing_more_is_a_problem(cached):
    code = "from goemox.doctor.cache import cache; print([(f.state, f.detail) for f in cache()])"
    limited = f'ulimit -f 8; exec "{sys.executable}" -B -c "{code}"'  # as a quota does
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=True, timeout=60)
    assert "problem" in done.stdout
    assert "File too large" in done.stdout


def test_looking_at_a_cache_leaves_it_as_it_was(cached):
    shutil.rmtree(cached)
    assert odd(cache()) == {}
    assert not cached.exists()


def test_a_download_that_was_cut_is_a_problem_and_what_killed_runs_left_a_warning(cached):
    file = cached / "datasets" / "go_emotions" / REVISION / PINS["dev"].file
    file.parent.mkdir(parents=True)
    file.write_bytes(b"PAR1 and no more")
    left = file.with_name(f".{file.name}.x1.part")
    left.write_bytes(b"PAR1")
    os.utime(left, (0, datetime.now(UTC).timestamp() - 7_200))
    found = odd(cache())
    assert found["download"][0] == "problem"
    assert str(file) in found["download"][1]
    assert "delete it: it is fetched again" in found["download"][1]
    assert found["leftovers"][0] == "warning"
    assert left.name in found["leftovers"][1]


# proxies, certificates, addresses


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("HTTPS_PROXY", "htp://proxy:3128", "no proxy speaks 'htp'"),
        ("https_proxy", "ftp://proxy:3128", "no proxy speaks 'ftp'"),
        ("HTTP_PROXY", "http://", "names no host"),
        ("ALL_PROXY", "http://proxy:99999", "no number from 0 to 65535"),
        ("HTTPS_PROXY", "http://proxy:port", "no number from 0 to 65535"),
        ("HTTPS_PROXY", '"http://proxy:3128"', "quotation marks"),
        ("HTTPS_PROXY", "http://proxy:3128 ", "spaces"),
        ("ALL_PROXY", "socks5://proxy:1080", "pip install socksio"),
    ],
)
def test_a_proxy_that_cannot_be_meant_is_a_problem(variable, value, told):
    state, said = odd(network({variable: value}))["proxy"]
    assert (state, told in said) == ("problem", True)


def test_the_password_of_a_proxy_is_not_told():
    _, said = odd(network({"HTTPS_PROXY": "htp://me:secret@proxy:3128"}))["proxy"]
    assert "secret" not in said
    assert "htp://…@proxy:3128" in said


def test_proxies_that_contradict_each_other_and_exceptions_that_match_nothing_are_warnings():
    both = {"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:1"}
    assert odd(network(both))["proxy"][0] == "warning"
    assert "matches nothing" in odd(network({"NO_PROXY": "a.org,b.org/x"}))["proxy"][1]
    assert odd(network({"NO_PROXY": "a.org,https://b.org,10.0.0.0/8,.corp"})) == {}


@pytest.mark.parametrize("value", ["http://proxy:3128", "proxy:3128", "http://me:word@proxy.corp:8080/"])
def test_a_proxy_that_is_well_written_is_told_and_in_order(value):
    (finding,) = network({"HTTPS_PROXY": value})
    assert (finding.state, finding.detail) == ("ok", "through a proxy (HTTPS_PROXY); not contacted")


def test_certificates_that_are_gone_and_addresses_that_are_refused_are_problems(tmp_path):
    found = odd(network({"SSL_CERT_FILE": str(tmp_path / "gone.pem"), "HF_ENDPOINT": "http://mirror.org"}))
    assert found["certificates"][0] == "problem"
    assert "HF_ENDPOINT='http://mirror.org' is refused: use https" in found["address"][1]


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("HTTPS_PROXY", "htp://me:secret@proxy", "HTTPS_PROXY='htp://…@proxy': no proxy speaks 'htp'"),
        ("ALL_PROXY", "socks5://proxy:1080", "pip install socksio"),
        ("SSL_CERT_FILE", "gone.pem", "SSL_CERT_FILE='gone.pem': is not there, and https needs it"),
    ],
)
def test_a_way_out_that_cannot_be_meant_ends_a_download_in_one_line(tmp_path, variable, value, told):
    variables = {variable: value, "GOEMOX_CACHE_DIR": str(tmp_path)}
    done = goemox("collect", "hackernews", "--limit", "1", **variables)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert told in done.stderr


# the clock


def test_a_clock_from_before_this_version_is_a_problem_and_years_after_a_warning(cached):
    assert clock(datetime(1970, 1, 2, tzinfo=UTC)).state == "problem"
    assert clock(WRITTEN + timedelta(days=4_000)).state == "warning"


def test_a_file_of_the_cache_from_the_future_shows_that_the_clock_is_wrong(cached):
    file = cached / "http"
    file.mkdir()
    later = datetime.now(UTC) + timedelta(days=400)
    os.utime(file, (later.timestamp(), later.timestamp()))
    finding = clock()
    assert finding.state == "problem"
    assert str(file) in finding.detail
    assert f"touch {file}" in finding.remedy


# the whole command


def test_one_problem_ends_in_1_and_is_in_the_document(tmp_path):
    (tmp_path / "goemox.toml").write_text("[predict]\ntop-k = 'x'\n")
    done = goemox("doctor", "--json", cwd=tmp_path, GOEMOX_RUNTIM="x", GOEMOX_SERVE_WORKERS="many")
    document = json.loads(done.stdout)
    wrong = [finding for finding in document["findings"] if finding["state"] == "problem"]
    assert (done.returncode, document["ok"], done.stderr) == (1, False, "")
    told = [finding["detail"] for finding in wrong]
    assert told == [
        "GOEMOX_RUNTIM is no variable of goemox; did you mean 'GOEMOX_RUNTIME'?",
        "GOEMOX_SERVE_WORKERS='many': expected a whole number",
        "goemox.toml: [predict] top_k = 'x': expected a whole number",
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[predict", "goemox.toml: not TOML"),
        ("[predict]\ntopk = 1\n", "did you mean 'top-k'?"),
        ("seed = 1\n[serve]\nport = 0\n", "all its options are known"),
    ],
)
def test_the_settings_file_is_looked_at_and_never_stops_the_doctor(tmp_path, content, told):
    (tmp_path / "goemox.toml").write_text(content)
    done = goemox("doctor", cwd=tmp_path, GOEMOX_RUNTIME="onnxruntime")
    assert told in done.stdout
    assert done.returncode == (0 if "known" in told else 1)
    assert done.stderr == ""


def test_a_package_that_cannot_be_loaded_is_told_by_the_doctor_and_by_every_verb(tmp_path):
    (tmp_path / "httpx2.py").write_text("raise ImportError('DLL load failed: not a valid application')")
    done = typed("doctor", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "PROBLEM  imports: a package cannot be imported (DLL load failed" in done.stdout
    done = typed("collect", "hackernews", "--limit", "1", "--offline", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot be imported (DLL load failed" in done.stderr
    assert "pip install --force-reinstall goemox" in done.stderr
