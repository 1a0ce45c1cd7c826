import pytest

from goemox.errors import UsageError
from goemox.settings import read_settings

COMMANDS = {"predict": {"model", "top_k"}, "study": {"model", "seed"}}
NESTED = {"collect.github": {"rate"}, "collect.hackernews": {"rate", "list"}}


def settings(tmp_path, text):
    path = tmp_path / "goemox.toml"
    path.write_text(text)
    return read_settings(path, COMMANDS)


def test_no_file_means_no_settings(tmp_path):
    assert read_settings(tmp_path / "goemox.toml", COMMANDS) == {}


def test_a_key_at_the_top_reaches_every_command_that_has_it(tmp_path):
    found = settings(tmp_path, 'model = "m"\n[predict]\ntop-k = 3\n')
    assert found == {"predict": {"model": "m", "top_k": 3}, "study": {"model": "m"}}


def test_one_value_at_the_top_is_for_commands_that_take_one(tmp_path):
    path = tmp_path / "goemox.toml"
    path.write_text('model = "m"\n')
    several = {"study": {"model"}}
    assert read_settings(path, COMMANDS, several) == {"predict": {"model": "m"}, "study": {}}
    assert read_settings(path, {"study": {"model"}}, several) == {"study": {"model": "m"}}
    path.write_text('model = ["m"]\n')
    assert read_settings(path, COMMANDS, several) == {"predict": {}, "study": {"model": ["m"]}}


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "goemox.toml").write_bytes(b'\xef\xbb\xbfmodel = "m"\n')
    assert read_settings(tmp_path / "goemox.toml", COMMANDS)["predict"] == {"model": "m"}


def test_a_table_goes_before_the_top(tmp_path):
    assert settings(tmp_path, 'model = "a"\n[study]\nmodel = "b"\n')["study"] == {"model": "b"}


def test_a_command_below_a_command_has_a_table_below_a_table(tmp_path):
    path = tmp_path / "goemox.toml"
    path.write_text('rate = 2\n[collect.hackernews]\nlist = "new"\nrate = 1\n')
    assert read_settings(path, NESTED) == {
        "collect.github": {"rate": 2},
        "collect.hackernews": {"rate": 1, "list": "new"},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[collect.gitlab]", "no command 'collect.gitlab'"),
        ("[collect.github]\nlist = 1", "`goemox collect github` has no option --list"),
    ],
)
def test_a_misspelt_table_below_a_table_is_an_error(tmp_path, text, message):
    path = tmp_path / "goemox.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_settings(path, NESTED)


@pytest.mark.parametrize(("key", "value"), [("rate", "1"), ("github", '"o/r"')])
def test_an_option_of_a_group_of_commands_is_an_error_that_says_where_it_goes(tmp_path, key, value):
    path = tmp_path / "goemox.toml"
    path.write_text(f"[collect]\n{key} = {value}\n")
    with pytest.raises(UsageError, match=rf"{key} .* below \[collect\.github\] or \[collect\.hackernews\]"):
        read_settings(path, NESTED)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("modell = 1", "no command has an option --modell"),
        ("[predict]\nseed = 1", "`goemox predict` has no option --seed"),
        ("[predikt]\nseed = 1", "no command 'predikt'"),
        ("model = ", "not TOML"),
    ],
)
def test_a_misspelt_setting_is_an_error_not_a_silence(tmp_path, text, message):
    with pytest.raises(UsageError, match=message):
        settings(tmp_path, text)
