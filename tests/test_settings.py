"""Settings are read from the environment and the command line, and say what is wrong with a value."""

from dataclasses import fields

import pytest
from kg.errors import SettingError
from kg.settings import SETTINGS, Settings, read


def test_every_field_is_a_documented_setting() -> None:
    assert [setting.name for setting in SETTINGS] == [one.name for one in fields(Settings)]
    assert all(setting.help.endswith(".") for setting in SETTINGS)


def test_defaults_are_values_their_own_reader_accepts() -> None:
    for setting in SETTINGS:
        if setting.default is not None:
            assert setting.type(str(setting.default)) == setting.default


def test_options_win_over_variables_and_empty_variables_are_unset() -> None:
    environment = {"KG_PORT": "9000", "KG_HOST": "", "KG_THREADS": "3"}
    settings = read(environment, {"port": 9001, "threads": None})
    assert (settings.port, settings.host, settings.threads) == (9001, "127.0.0.1", 3)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KG_PORT", "eighty"),
        ("KG_PORT", "65536"),
        ("KG_PORT", "-1"),
        ("KG_PORT", "٣x"),
        ("KG_THREADS", "0"),
        ("KG_DEADLINE", "nan"),
        ("KG_DEADLINE", "-2"),
        ("KG_HOST", "a b"),
        ("KG_MAX_QUERY_LENGTH", "1e5"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        read({variable: value})
    assert variable in str(caught.value) and repr(value) in str(caught.value)


def test_an_option_is_named_as_it_is_typed() -> None:
    with pytest.raises(SettingError, match="--max-nesting"):
        read({}, {"max_nesting": "deep"})
