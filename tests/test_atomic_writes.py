import errno
import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from goemox.atomic import clear_leftovers, clear_parts, new_folder, open_binary, write_bytes, write_text


def test_a_file_is_not_there_before_the_block_ends(tmp_path):
    path = tmp_path / "deep" / "a.txt"
    with open_binary(path) as stream:
        stream.write(b"half")
        assert not path.exists()
    assert path.read_bytes() == b"half"


def test_an_error_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(RuntimeError), open_binary(path) as stream:
        stream.write(b"new")
        raise RuntimeError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_folder_replaces_the_old_one_whole(tmp_path):
    target = tmp_path / "model"
    with new_folder(target) as folder:
        write_bytes(folder / "one", b"1")
    with new_folder(target) as folder:
        write_bytes(folder / "two", b"2")
    assert sorted(os.listdir(target)) == ["two"]
    assert os.listdir(tmp_path) == ["model"]


def test_an_error_in_a_folder_keeps_the_old_one(tmp_path):
    target = tmp_path / "model"
    with new_folder(target) as folder:
        write_bytes(folder / "one", b"1")
    with pytest.raises(RuntimeError), new_folder(target) as folder:
        write_bytes(folder / "two", b"2")
        raise RuntimeError
    assert os.listdir(target) == ["one"]
    assert os.listdir(tmp_path) == ["model"]


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one_there(tmp_path, monkeypatch):
    target = tmp_path / "model"
    with new_folder(target) as folder:
        write_bytes(folder / "one", b"1")
    replace = Path.replace

    def refused(path, place):
        if path.name.endswith(".part"):
            raise PermissionError("a scanner has it open")
        return replace(path, place)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(PermissionError), new_folder(target) as folder:
        write_bytes(folder / "two", b"2")
    assert os.listdir(target) == ["one"]
    assert os.listdir(tmp_path) == ["model"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user who may be refused")
def interrupted(write, at):
    """Run `write`, with Ctrl-C where the line that atomic.py runs as number `at` begins; whether it came."""
    left, before = at, sys.gettrace()

    def trace(frame, event, _):
        nonlocal left
        of_others = Path(frame.f_code.co_filename).name not in ("atomic.py", "tempfile.py")
        if of_others or frame.f_code.co_name == "_umask":  # which locks, and would stay so in this process
            return None
        left -= event == "line"
        if event == "line" and left == 0:
            raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        write()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file that nobody closed
def test_an_interrupt_at_any_line_leaves_the_old_or_the_new_file_and_nothing_else(tmp_path):
    path, at = tmp_path / "a.txt", 1
    write_text(path, "old")
    while interrupted(lambda: write_text(path, "new"), at):
        assert os.listdir(tmp_path) == ["a.txt"], at
        assert path.read_text() in ("old", "new")
        write_text(path, "old")
        at += 1
    assert at > 20
    assert path.read_text() == "new"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file that nobody closed
def test_an_interrupt_at_any_line_leaves_the_old_or_the_new_folder_and_nothing_else(tmp_path):
    target, at = tmp_path / "model", 1

    def write(name):
        with new_folder(target) as folder:
            (folder / name).touch()

    write("old")
    while interrupted(lambda: write("new"), at):
        clear_leftovers(target)  # of an interrupt while the old one is put back
        assert os.listdir(tmp_path) == ["model"], at
        assert os.listdir(target) in (["old"], ["new"])
        write("old")
        at += 1
    assert at > 20
    assert os.listdir(target) == ["new"]


def test_a_folder_that_may_be_written_to_and_not_read_takes_a_file(tmp_path):
    tmp_path.chmod(0o300)
    try:
        write_text(tmp_path / "a", "there")
        assert (tmp_path / "a").read_text() == "there"
    finally:
        tmp_path.chmod(0o700)


def test_a_file_system_that_synchronises_no_folders_takes_a_file(tmp_path, monkeypatch):
    fsync = os.fsync

    def of_files(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", of_files)
    write_text(tmp_path / "a", "there")
    assert (tmp_path / "a").read_text() == "there"


def test_line_ends_are_written_as_they_are(tmp_path):
    write_text(tmp_path / "a", "x\ny\r\n")
    assert (tmp_path / "a").read_bytes() == b"x\ny\r\n"


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX's")
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_file_never_a_torn_one(tmp_path):
    path = tmp_path / "a.bin"
    code = (
        "import sys; from pathlib import Path; from goemox.atomic import write_bytes\n"
        f"path = Path({str(path)!r})\n"
        "while True:\n"
        "    for byte in b'abcdef':\n"
        "        write_bytes(path, bytes([byte]) * 3_000_000)\n"
    )
    for round_number in range(8):
        process = subprocess.Popen([sys.executable, "-c", code])
        while not path.exists():
            time.sleep(0.01)
        time.sleep(0.05 + 0.037 * round_number)
        process.send_signal(signal.SIGKILL)
        process.wait()
        content = path.read_bytes()
        assert len(content) == 3_000_000
        assert len(set(content)) == 1


@pytest.mark.skipif(os.name == "nt", reason="links need rights there, and pipes are no files")
def test_links_are_followed_and_pipes_written_to_never_replaced(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE)
    write_text(tmp_path / "pipe", "through")
    assert reader.communicate(timeout=60)[0] == b"through"
    assert not (tmp_path / "pipe").is_file()


def test_what_killed_writers_left_is_cleared_and_nothing_else(tmp_path):
    (tmp_path / ".model.a_half_1.part").mkdir()
    (tmp_path / ".model.a_half_1.part" / "half").write_text("x")
    (tmp_path / ".model.a_half_2.part").write_text("x")
    (tmp_path / ".models.a_half_3.part").write_text("another's")
    clear_leftovers(tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == [".models.a_half_3.part"]


def test_what_a_longer_name_has_in_the_making_is_none_of_a_shorter_ones_leftovers(tmp_path):
    old = tmp_path / ".m.v2.its_only.old" / "m.v2"  # its writer was killed between the two renames
    old.mkdir(parents=True)
    with new_folder(tmp_path / "m.v3") as folder:
        (folder / "config.json").write_text("new")
        clear_leftovers(tmp_path / "m")
    assert (tmp_path / "m.v3" / "config.json").read_text() == "new"
    assert old.is_dir()


def test_a_folder_that_was_stepped_aside_for_nothing_comes_back(tmp_path):
    (tmp_path / ".model.the_copy.old" / "model").mkdir(parents=True)
    (tmp_path / ".model.the_copy.old" / "model" / "config.json").write_text("kept")
    clear_leftovers(tmp_path / "model")
    assert (tmp_path / "model" / "config.json").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_an_unfinished_file_is_left_to_its_writer_while_it_is_young(tmp_path):
    young, old = tmp_path / ".a.x.part", tmp_path / ".b.x.part"
    for part in (young, old):
        part.write_text("x")
    os.utime(old, (time.time() - 60, time.time() - 60))
    clear_parts(tmp_path, older_than=30)
    assert young.exists()
    assert not old.exists()


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_files_that_a_library_wrote_for_their_owner_alone_can_be_read_by_all_whom_the_umask_allows(tmp_path):
    with new_folder(tmp_path / "model") as folder:
        (folder / "weights").write_bytes(b"1")
        (folder / "weights").chmod(0o600)
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "model" / "weights").stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_threads_that_write_at_once_leave_the_umask_as_it_was_and_keep_to_it(tmp_path, monkeypatch):
    change = os.umask

    def change_slowly(mask: int) -> int:
        before = change(mask)
        time.sleep(0.002)  # as where the other thread has its turn right here
        return before

    before = change(0o027)
    try:
        monkeypatch.setattr(os, "umask", change_slowly)
        files = [tmp_path / str(number) for number in range(8)]
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda file: write_bytes(file, b"1"), files))
        assert change(0o027) == 0o027
        assert {file.stat().st_mode & 0o777 for file in files} == {0o640}
    finally:
        change(before)


@pytest.mark.skipif(os.name == "nt", reason="rights are others there")
def test_a_file_that_only_its_owner_may_read_stays_so(tmp_path):
    (tmp_path / "a").write_text("private")
    (tmp_path / "a").chmod(0o600)
    write_text(tmp_path / "a", "new")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="names open pipes by their number")
def test_a_pipe_that_a_shell_opened_is_written_to():
    ours, theirs = os.pipe()
    write_text(Path(f"/dev/fd/{theirs}"), "through")
    os.close(theirs)
    with os.fdopen(ours, "rb") as stream:
        assert stream.read() == b"through"
