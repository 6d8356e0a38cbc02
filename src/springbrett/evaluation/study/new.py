"""`springbrett study new NAME`: a commented protocol to begin from. It passes the check as it is written."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATE = Path(__file__).with_name("template.toml")


class NotWritten(ValueError):
    """The file cannot be written: says why."""


def new(name: str, folder: Path) -> Path:
    """Write `NAME.toml` in a folder. Raises NotWritten for a name that cannot be a code, or a file that is there."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise NotWritten(f"{name!r} cannot be a name: use small letters a–z, digits and _, beginning with a letter")
    path = folder / f"{name}.toml"
    if path.exists():
        raise NotWritten(f"{path} is there already; choose another name, or edit it")
    path.write_text(TEMPLATE.read_text(encoding="utf-8").replace("NAME", name), encoding="utf-8")
    return path
