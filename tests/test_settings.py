"""Settings are read from the environment and the command line, and say what is wrong with a value."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from kg.errors import SettingError
from kg.settings import SETTINGS, Settings, read

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_every_field_is_a_documented_setting() -> None:
    assert [setting.name for setting in SETTINGS] == [one.name for one in fields(Settings)]
    assert all(setting.help.endswith(".") for setting in SETTINGS)


def test_defaults_are_values_their_own_reader_accepts() -> None:
    for setting in SETTINGS:
        if setting.default is not None:
            written = ",".join(setting.default) if isinstance(setting.default, tuple) else str(setting.default)
            assert setting.type(written) == setting.default


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


def test_a_file_gives_what_neither_the_environment_nor_an_option_does() -> None:
    file = {"port": 9000, "threads": 3, "deadline": 2.5, "hosts": ["a.example", "b.example"], "log_queries": True}
    settings = read({"KG_THREADS": "4"}, {"port": 9001}, file, "kg.toml")
    assert (settings.port, settings.threads, settings.deadline) == (9001, 4, 2.5)
    assert settings.hosts == ("a.example", "b.example") and settings.log_queries is True


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"prot": 9000}, "'prot'"),
        ({"port": "eighty"}, "port in kg.toml"),
        ({"trusted_proxies": ["10.0.0.300"]}, "trusted_proxies in kg.toml"),
        ({"trusted_proxies": "10.0.0.1/8"}, "trusted_proxies in kg.toml"),
        ({"path_prefix": "//elsewhere.example"}, "path_prefix in kg.toml"),
        ({"log": "loud"}, "none, json"),
        ({"log_queries": 1}, "true or false"),
        ({"budget": -1}, "budget in kg.toml"),
    ],
)
def test_what_a_file_has_wrong_is_named(file: dict, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        read({}, {}, file, "kg.toml")


def test_a_file_is_read_where_the_command_line_or_the_environment_names_it(run_kg: Run, tmp_path: Path) -> None:
    file = tmp_path / "kg.toml"
    file.write_text("port = 99999\n")
    for options, environment in (["--settings", str(file)], {}), ([], {"KG_SETTINGS": str(file)}):
        result = run_kg(*options, "serve", **environment)
        assert result.returncode == 2 and "port in" in result.stderr and result.stderr.count("\n") == 1
    file.write_text("port 1")
    assert "is no TOML" in run_kg("--settings", str(file), "serve").stderr
    assert "cannot be read" in run_kg("--settings", str(tmp_path / "none.toml"), "serve").stderr
