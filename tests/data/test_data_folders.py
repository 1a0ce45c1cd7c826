"""Folders of data: as the `datasets` library saves them, shards of splits, and plain folders of files."""

import json

import polars as pl
import pytest

from goemox.data.files import read_records
from goemox.data.labelled import load_labelled
from goemox.errors import InvalidInput

LABEL = {"names": ["joy", "anger"], "_type": "ClassLabel"}


def save_to_disk(folder, shards, features):
    """What `Dataset.save_to_disk` writes: Arrow streams, their list, and the features."""
    folder.mkdir(parents=True)
    names = [f"data-{i:05d}-of-{len(shards):05d}.arrow" for i in range(len(shards))]
    for name, shard in zip(names, shards, strict=True):
        pl.DataFrame(shard).write_ipc_stream(folder / name)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name} for name in names]}))
    (folder / "dataset_info.json").write_text(json.dumps({"features": features}))
    return folder


@pytest.fixture
def saved(tmp_path):
    shards = [{"text": ["a", "b"], "label": [0, 1]}, {"text": ["c"], "label": [-1]}]
    features = {"text": {"dtype": "string", "_type": "Value"}, "label": LABEL}
    return save_to_disk(tmp_path / "saved", shards, features)


def test_a_saved_data_set_gives_the_rows_of_all_shards_with_label_names(saved):
    records = list(read_records(saved))
    assert [(r.id, r.text, r.meta) for r in records] == [
        ("1", "a", {"label": "joy"}),
        ("2", "b", {"label": "anger"}),
        ("3", "c", {"label": None}),
    ]


def test_lists_of_labels_get_their_names_too(tmp_path):
    for features in ({"feature": LABEL, "_type": "Sequence"}, {"feature": LABEL, "_type": "List"}):
        folder = save_to_disk(
            tmp_path / features["_type"], [{"text": ["a", "b"], "labels": [[0, 1], []]}], {"labels": features}
        )
        records = list(read_records(folder, label_column="labels"))
        assert [r.labels for r in records] == [{"joy", "anger"}, set()]


def test_a_dictionary_of_splits_gives_the_split_that_is_asked_for(tmp_path):
    for split, text in (("train", "a"), ("validation", "b"), ("test", "c")):
        save_to_disk(tmp_path / "all" / split, [{"text": [text], "label": [0]}], {"label": LABEL})
    (tmp_path / "all" / "dataset_dict.json").write_text('{"splits": ["train", "validation", "test"]}')
    told = []
    assert [r.text for r in read_records(tmp_path / "all", notice=told.append)] == ["a", "b", "c"]
    assert "3 files are read one after the other" in told[0]
    for split, text in (("train", "a"), ("dev", "b"), ("test", "c")):
        (record,) = load_labelled(tmp_path / "all", split)
        assert (record.text, record.labels) == (text, {"joy"})


@pytest.mark.parametrize("inside", ["", "data"])
def test_shards_of_a_split_are_read_in_their_order(tmp_path, inside):
    folder = tmp_path / inside
    folder.mkdir(exist_ok=True)
    for split in ("train", "test"):
        for part in range(3):
            frame = pl.DataFrame({"text": [f"{split} {part}"], "labels": ["joy"]})
            frame.write_parquet(folder / f"{split}-{part:05d}-of-00003.parquet")
    (tmp_path / "README.md").write_text("no data")
    assert [r.text for r in load_labelled(tmp_path, "train")] == ["train 0", "train 1", "train 2"]
    with pytest.raises(InvalidInput, match=r"no file for split 'dev'.*train-00000-of-00003\.parquet"):
        load_labelled(tmp_path, "dev")


def test_a_plain_folder_is_read_file_by_file_in_the_order_of_names(tmp_path):
    (tmp_path / "b.csv").write_text("id,text\n1,second\n")
    (tmp_path / "a.jsonl").write_text('{"id": 7, "text": "first"}\n')
    (tmp_path / ".hidden.csv").write_text("id,text\n1,never\n")
    (tmp_path / "notes.md").write_text("no data")
    told = []
    records = list(read_records(tmp_path, notice=told.append))
    assert [(r.id, r.text) for r in records] == [("7", "first"), ("1", "second")]
    assert told[0] == f"{tmp_path}: 2 files are read one after the other, from a.jsonl on"


def test_a_folder_of_goemotions_own_files_says_to_name_one_of_them(tmp_path):
    for split in ("dev", "train"):
        (tmp_path / f"{split}.tsv").write_text("So glad to hear it\t3,15\tabc123\nThank you\t15\tabc124\n")
    with pytest.raises(InvalidInput, match=r"GoEmotions' own files, .* name one of them, such as .*dev\.tsv"):
        list(read_records(tmp_path))


def test_a_later_file_without_the_text_column_makes_bad_rows_not_silence(tmp_path):
    (tmp_path / "a.csv").write_text("text\nfirst\n")
    (tmp_path / "b.csv").write_text("said\nsecond\n")
    bad = []
    assert [r.text for r in read_records(tmp_path, bad_rows=bad)] == ["first"]
    assert [(row.where, row.reason) for row in bad] == [
        (f"{tmp_path / 'b.csv'}:2", "no text (nothing in 'text')")
    ]


def test_notes_beside_data_files_are_no_texts_and_that_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("text\nfirst\n")
    for name in ("README.txt", "LICENSE.txt"):
        (tmp_path / name).write_text("This data set holds one text.\n")
    told = []
    assert [r.text for r in read_records(tmp_path, notice=told.append)] == ["first"]
    assert told[0] == (
        f"{tmp_path}: left out beside the other data files: LICENSE.txt, README.txt "
        "(name a .txt file by itself to read its lines as texts)"
    )


def test_rows_that_wait_for_the_parquet_file_beside_them_are_not_read_twice_and_that_is_told(tmp_path):
    waiting = tmp_path / "a.parquet.rows.jsonl"
    waiting.write_text('{"text": "first"}\n{"text": "second"}\n')
    assert [r.text for r in read_records(tmp_path)] == ["first", "second"]  # a first run that was stopped
    pl.DataFrame({"text": ["first"]}).write_parquet(tmp_path / "a.parquet")
    told = []
    assert [r.text for r in read_records(tmp_path, notice=told.append)] == ["first"]
    assert told[0].startswith(f"{tmp_path}: left out: a.parquet.rows.jsonl, rows of a collection")


def test_a_folder_of_text_files_alone_is_read(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{name}\n")
    assert [r.text for r in read_records(tmp_path)] == ["a.txt", "b.txt"]


def write_empty(path):
    nothing = pl.DataFrame({"text": []}, schema={"text": pl.String})
    if path.suffix == ".parquet":
        nothing.write_parquet(path)
    elif path.suffix == ".arrow":
        nothing.write_ipc(path)
    else:
        path.write_text({".json": "[]", ".csv": "id,text\n"}.get(path.suffix, ""))


@pytest.mark.parametrize("empty", ["b.csv", "a.tsv", "b.jsonl", "d.json", "b.parquet", "b.arrow"])
def test_a_shard_without_rows_is_told_in_the_end_and_costs_no_other(tmp_path, empty):
    write_empty(tmp_path / empty)
    for name in ("a.csv", "c.csv"):
        (tmp_path / name).write_text(f"id,text\n{name},words\n")
    told = []
    assert [r.id for r in read_records(tmp_path, notice=told.append)] == ["a.csv", "c.csv"]
    assert told[-1].startswith(f"1 of 3 files holds no rows (first: {tmp_path / empty}: ")


def test_a_folder_in_which_no_file_has_a_row_is_refused(tmp_path):
    for name in ("a.csv", "b.csv"):
        write_empty(tmp_path / name)
    with pytest.raises(InvalidInput, match=r"a\.csv: has a header but no rows; none of the 2 files has one"):
        read_records(tmp_path)


def test_the_name_of_an_arrow_file_is_no_pattern(tmp_path):
    folder = tmp_path / "run [1]"
    folder.mkdir()
    pl.DataFrame({"text": ["hello"]}).write_ipc(folder / "a.arrow")
    pl.DataFrame({"text": ["there"]}).write_ipc_stream(folder / "b.arrow")
    read = [read_records(folder / name) for name in ("a.arrow", "b.arrow")]
    assert [record.text for records in read for record in records] == ["hello", "there"]


@pytest.mark.parametrize("name", ["x.arrow", "x.feather"])
def test_an_arrow_file_is_read_like_a_stream(tmp_path, name):
    path = tmp_path / name
    pl.DataFrame({"text": ["a"], "n": [1]}).write_ipc(path)
    assert [(r.text, r.meta) for r in read_records(path)] == [("a", {"n": 1})]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"_data_files": 3}', '{"_data_files": []}'])
def test_a_broken_description_is_refused_and_named(saved, content):
    (saved / "state.json").write_text(content)
    with pytest.raises(InvalidInput, match=r"state\.json: "):
        read_records(saved)


def test_a_shard_that_is_missing_is_named(saved):
    (saved / "data-00001-of-00002.arrow").unlink()
    with pytest.raises(InvalidInput, match=r"data-00001-of-00002\.arrow: no such file"):
        list(read_records(saved))


@pytest.mark.parametrize(
    "entries", ['[{"file": "x"}]', '["x.arrow"]', '[{"filename": 3}]', '[{"filename": ""}]']
)
def test_a_list_of_shards_without_their_names_is_refused_and_named(saved, entries):
    (saved / "state.json").write_text(f'{{"_data_files": {entries}}}')
    with pytest.raises(InvalidInput, match=r"state\.json: .*\{\"filename\": .*save_to_disk"):
        read_records(saved)


@pytest.mark.parametrize("split", ["test", "", ".", "..", "train/..", 3, None])
def test_a_listed_split_without_a_folder_is_refused_and_named(tmp_path, split):
    save_to_disk(tmp_path / "all" / "train", [{"text": ["a"], "label": [0]}], {"label": LABEL})
    (tmp_path / "all" / "dataset_dict.json").write_text(json.dumps({"splits": ["train", split]}))
    with pytest.raises(InvalidInput, match=r"dataset_dict\.json: .*no folder.*save_to_disk"):
        read_records(tmp_path / "all")


def test_what_stands_in_hidden_folders_is_no_data(tmp_path):
    for place in ("2023", "2023/.ipynb_checkpoints", ".venv/lib", "2024/_temporary/0"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "a.csv").write_text(f"text\n{place}\n")
    assert [record.text for record in read_records(tmp_path)] == ["2023"]
