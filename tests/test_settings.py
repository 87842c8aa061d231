"""The environment: defaults that run, and every bad value named at once."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from pegmark.data import data_root
from pegmark.errors import SettingsError
from pegmark.settings import SETTINGS, Settings, read_settings
from tools.docs import ROOT, settings_table


def test_an_empty_environment_runs() -> None:
    """Proves that nothing needs to be set, and that the defaults are the safe ones."""
    settings = read_settings({})
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8321, 1)
    assert settings.rules == data_root() / "rules"
    assert settings.fixtures == data_root() / "fixtures"
    assert settings.max_body_bytes == 1024 * 1024


def test_the_environment_is_read(tmp_path: Path) -> None:
    """Proves that each variable reaches its field, and that others' variables are left alone."""
    settings = read_settings(
        {
            "PATH": "/bin",
            "PEGMARK_HOST": "::1",
            "PEGMARK_PORT": " 9000 ",
            "PEGMARK_WORKERS": "2",
            "PEGMARK_RULES": str(tmp_path),
            "PEGMARK_FIXTURES": str(tmp_path),
            "PEGMARK_RULEBOOK": "strict-2",
            "PEGMARK_MAX_BODY_BYTES": "4096",
            "PEGMARK_MAX_BATCH_BYTES": "65536",
            "PEGMARK_LOG_FORMAT": "json",
            "PEGMARK_LOG_LEVEL": "",
        }
    )
    assert settings == Settings("::1", 9000, 2, tmp_path, tmp_path, "strict-2", 4096, 65536, "json", "info")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PEGMARK_HOST", "0.0.0.0", "can be reached from other machines"),
        ("PEGMARK_HOST", "::", "can be reached from other machines"),
        ("PEGMARK_HOST", "example.org", "is not an IP address"),
        ("PEGMARK_PORT", "0", "is not a whole number from 1 to 65535"),
        ("PEGMARK_PORT", "8_321", "is not a whole number"),
        ("PEGMARK_PORT", "٨", "is not a whole number"),
        ("PEGMARK_PORT", "9" * 5000, "is not a whole number"),
        ("PEGMARK_WORKERS", "-1", "is not a whole number from 1 to 256"),
        ("PEGMARK_RULES", "/no/such/folder", "is not a folder"),
        ("PEGMARK_FIXTURES", __file__, "is not a folder"),
        ("PEGMARK_RULEBOOK", "../house", "is not a rulebook's name"),
        ("PEGMARK_MAX_BODY_BYTES", "1e6", "is not a whole number"),
        ("PEGMARK_LOG_FORMAT", "xml", "is not one of `text`, `json`"),
        ("PEGMARK_LOG_LEVEL", "INFO", "is not one of `debug`"),
        ("PEGMARK_PROT", "1", "no such setting; did you mean `PEGMARK_PORT`?"),
        ("PEGMARK_ZZZZZZ", "1", "no such setting"),
    ],
)
def test_a_bad_value_is_named(variable: str, value: str, said: str) -> None:
    """Proves that a value that cannot be used stops the start, naming the variable."""
    with pytest.raises(SettingsError) as caught:
        read_settings({variable: value})
    (problem,) = caught.value.problems
    assert problem.variable == variable
    assert said in problem.message


def test_every_bad_value_is_named_at_once() -> None:
    """Proves that an operator corrects all of them in one go."""
    with pytest.raises(SettingsError) as caught:
        read_settings({"PEGMARK_PORT": "x", "PEGMARK_HOST": "y", "PEGMARK_NO": "z"})
    assert {problem.variable for problem in caught.value.problems} == {
        "PEGMARK_PORT",
        "PEGMARK_HOST",
        "PEGMARK_NO",
    }


def test_every_field_has_a_setting_and_every_setting_is_documented() -> None:
    """Proves that the table that operators read is complete and true."""
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Settings)]
    assert settings_table() in (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
