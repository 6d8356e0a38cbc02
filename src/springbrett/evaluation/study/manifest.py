"""What a run was made of: data, protocol, code, packages, seed. The same manifest gives the same numbers."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from springbrett.catalogue.base import Base
from springbrett.evaluation.study.protocol import Protocol

PACKAGES = ("numpy", "scipy", "pyarrow", "scikit-learn", "lifelines", "duckdb", "ibis-framework", "matplotlib")
EVALUATION = Path(__file__).parent.parent
NAME = "manifest.json"


class ManifestError(ValueError):
    """A manifest does not say what its run was made of any more."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`data`: SHA-256 by file (of a vignette study: of its answers). `protocol`: the protocol, or the vignette study,
    as plain data, defaults filled in. `definitions`: SHA-256 of the study's own outcome definitions ("" without).
    `code`: SHA-256 over the evaluation's own files. `numbers`: SHA-256 by table of results, filled in when the run is
    done."""

    data: Mapping[str, str]
    protocol: Mapping[str, Any]
    definitions: str
    code: str
    packages: Mapping[str, str]
    seed: int
    numbers: Mapping[str, str]

    @property
    def key(self) -> str:
        """Names the inputs: two runs with the same key must give the same numbers."""
        held = asdict(self) | {"numbers": None}
        return digest(json.dumps(held, sort_keys=True, ensure_ascii=False, default=str).encode())

    def write(self, folder: Path) -> None:
        """Write `manifest.json`."""
        text = json.dumps(asdict(self) | {"key": self.key}, indent=1, sort_keys=True, ensure_ascii=False, default=str)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run. Raises FileNotFoundError when the folder holds none, ManifestError when it was changed."""
    text = (folder / NAME).read_text(encoding="utf-8")
    try:
        held = json.loads(text)
        key = held.pop("key")
        made = Manifest(**held)
        same = made.key == key
    except (ValueError, TypeError, KeyError, AttributeError):
        same = False
    if not same:
        raise ManifestError(f"{folder / NAME} has been changed since the run, or is not whole; run the study again")
    return made


def manifest_of(protocol: Protocol, data: Mapping[str, str], own_definitions: Path | None) -> Manifest:
    """The manifest before anything is counted."""
    definitions = digest(own_definitions.read_bytes()) if own_definitions else ""
    # Where it is not there, the engine says so, and what to do.
    spark = ("pyspark",) if protocol.engine == "spark" and find_spec("pyspark") else ()
    return manifest_from(plain(protocol), data, protocol.seed, packages=PACKAGES + spark, definitions=definitions)


def manifest_from(
    study: Mapping[str, Any], data: Mapping[str, str], seed: int, *, packages: tuple[str, ...] = PACKAGES,
    definitions: str = "",
) -> Manifest:  # fmt: skip
    """The manifest of anything that is run from a study as plain data, before it is counted."""
    held = {"python": platform.python_version(), **{name: version(name) for name in packages}}
    return Manifest(data=dict(data), protocol=study, definitions=definitions, code=code_fingerprint(), packages=held,
                    seed=seed, numbers={})  # fmt: skip


def plain(protocol: Base) -> dict[str, Any]:
    """A protocol or a vignette study as plain data: what is compared between runs."""
    found: dict[str, Any] = json.loads(msgspec.json.encode(protocol))
    return found


@cache
def code_fingerprint() -> str:
    """One hash over every file of the evaluation and its names."""
    total = hashlib.sha256()
    for path in sorted(EVALUATION.rglob("*")):
        if path.suffix in {".py", ".toml", ".css"} and path.is_file():
            content = path.read_bytes()
            total.update(f"{path.relative_to(EVALUATION).as_posix()}\0{len(content)}\0".encode())
            total.update(content)
    return total.hexdigest()


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
