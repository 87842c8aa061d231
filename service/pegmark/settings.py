"""The environment, read once, as one frozen value.

Every variable, its default and its meaning stand in `SETTINGS`; `docs/operators.md` shows the same
table and a test keeps the two equal.
"""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pegmark.data import data_root
from pegmark.errors import SettingProblem, SettingsError

__all__ = ["PREFIX", "SETTINGS", "LogFormat", "LogLevel", "Setting", "Settings", "read_settings"]

PREFIX = "PEGMARK_"

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How one process runs."""

    host: str
    port: int
    workers: int
    rules: Path
    fixtures: Path
    rulebook: str
    max_body_bytes: int
    max_batch_bytes: int
    log_format: LogFormat
    log_level: LogLevel


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: the field it fills, how its text is read, and what to tell an operator."""

    field: str
    read: Callable[[str], Any]
    default: Callable[[], str]
    shown_default: str
    meaning: str

    @property
    def variable(self) -> str:
        """Return the environment variable's name."""
        return PREFIX + self.field.upper()


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that `environment` asks for.

    Raises `SettingsError` with every variable that is unknown or cannot be used. An empty variable
    counts as absent.
    """
    problems = [*_unknown(environment)]
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environment.get(setting.variable, "").strip() or setting.default()
        try:
            values[setting.field] = setting.read(text)
        except ValueError as error:
            problems.append(SettingProblem(setting.variable, str(error)))
    if problems:
        raise SettingsError(problems)
    return Settings(**values)


def _unknown(environment: Mapping[str, str]) -> list[SettingProblem]:
    known = [setting.variable for setting in SETTINGS]
    problems = []
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable not in known:
            near = difflib.get_close_matches(variable, known, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            problems.append(SettingProblem(variable, f"no such setting{hint}"))
    return problems


def _loopback(text: str) -> str:
    # Nothing asks for a key yet, so only this machine may connect.
    try:
        is_loopback = text == "localhost" or ipaddress.ip_address(text).is_loopback
    except ValueError:
        raise ValueError(f"`{text}` is not an IP address; write `127.0.0.1`, `::1` or `localhost`") from None
    if not is_loopback:
        raise ValueError(
            f"`{text}` can be reached from other machines, and requests are not yet authenticated; "
            "bind to `127.0.0.1` and put an authenticating proxy in front"
        )
    return text


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        # INVARIANT: `int` takes `1_0`, ` 1 ` and other scripts' digits; a setting is plain digits.
        if not (text.isascii() and text.isdigit() and len(text) <= 15 and low <= int(text) <= high):
            raise ValueError(f"`{text}` is not a whole number from {low} to {high}")
        return int(text)

    return read


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if not path.is_dir():
        raise ValueError(f"`{text}` is not a folder")
    return path


def _name(text: str) -> str:
    if not (text.isascii() and text.replace("-", "").replace("_", "").isalnum()):
        raise ValueError(f"`{text}` is not a rulebook's name: letters, digits, `-` and `_` only")
    return text


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"`{text}` is not one of {', '.join(f'`{choice}`' for choice in choices)}")
        return text

    return read


def _fixed(field: str, read: Callable[[str], Any], default: str, meaning: str) -> Setting:
    return Setting(field, read, lambda: default, f"`{default}`", meaning)


def _shipped(field: str, meaning: str) -> Setting:
    return Setting(
        field, _folder, lambda: str(data_root() / field), f"the `{field}` that ship with pegmark", meaning
    )


SETTINGS: tuple[Setting, ...] = (
    _fixed(
        "host", _loopback, "127.0.0.1", "Address to listen on. Loopback only, while nothing asks for a key."
    ),
    _fixed("port", _whole(1, 65535), "8321", "Port to listen on."),
    _fixed("workers", _whole(1, 256), "1", "Server processes that share the port."),
    _shipped("rules", "Folder of rulebooks, one folder each, and `normal.yaml`."),
    _shipped("fixtures", "Folder of `snapshots` and `venues` that a request may name."),
    _fixed("rulebook", _name, "house", "Rulebook that decides when a request names none."),
    _fixed(
        "max_body_bytes",
        _whole(1, 1 << 30),
        "1048576",
        "Longest request body taken, in bytes; a longer one is 413.",
    ),
    _fixed(
        "max_batch_bytes",
        _whole(1, 1 << 30),
        "8388608",
        "Longest body of a batch, in bytes; each item may be as long as a request body.",
    ),
    _fixed("log_format", _one_of("text", "json"), "text", "`text` for people, `json` for one object a line."),
    _fixed(
        "log_level",
        _one_of("debug", "info", "warning", "error"),
        "info",
        "Least severe message that is logged.",
    ),
)
