"""`springbrett study new NAME`: a commented protocol to begin from. It passes the check as it is written."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")
USUAL = "not_yet_treated"


class NotWritten(ValueError):
    """The file cannot be written: says why."""


def offered() -> tuple[str, ...]:
    """The designs there is a protocol to begin from, the usual one first."""
    return tuple(sorted((path.stem for path in TEMPLATES.glob("*.toml")), key=lambda code: (code != USUAL, code)))


def new(name: str, folder: Path, design: str = USUAL) -> Path:
    """Write `NAME.toml` in a folder, with a design to begin from. Raises NotWritten for a name that cannot be a code, a
    design there is nothing to begin from for, or a file that is there."""
    if design not in offered():
        raise NotWritten(f"there is no protocol to begin from for the design {design!r}; choose among "
                         f"{', '.join(offered())}")  # fmt: skip
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise NotWritten(f"{name!r} cannot be a name: use small letters a–z, digits and _, beginning with a letter")
    path = folder / f"{name}.toml"
    if path.exists():
        raise NotWritten(f"{path} is there already; choose another name, or edit it")
    path.write_text((TEMPLATES / f"{design}.toml").read_text(encoding="utf-8").replace("NAME", name), encoding="utf-8")
    return path
