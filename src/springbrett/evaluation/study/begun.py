"""What a folder of a run holds already: the stages that are done, and what they were made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from springbrett.evaluation.study.compare import causes
from springbrett.evaluation.study.manifest import NAME, Manifest, read_manifest

STATE, WORK = "state.json", "work"
COHORT = "cohort.npz"


class RunError(RuntimeError):
    """A run cannot begin or go on: says why and what to do."""


def begun(to: Path, manifest: Manifest, stages: Sequence[str]) -> dict[str, Any]:
    """What is done already. A stage whose files are gone is not, nor what came after it.

    Raises RunError when the folder holds another run, or something that is no run.
    """
    held = _state(to)
    if held is None:
        return {"key": manifest.key, "done": {}}
    if held["key"] != manifest.key:
        raise RunError(f"{to} holds a run of {_other(to, manifest)}; name another folder with --to")
    done: dict[str, Any] = {}
    for code in stages:
        if code not in held["done"] or not _there(to / WORK, code, held["done"][code], manifest):
            break
        done[code] = held["done"][code]
    return {"key": manifest.key, "done": done}


def _state(to: Path) -> dict[str, Any] | None:
    file = to / STATE
    if not file.exists():
        return None
    try:
        held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        held["done"].keys(), held["key"]
    except (ValueError, KeyError, AttributeError, TypeError):
        raise RunError(f"{file} cannot be read, so nobody can tell what is done; name another folder with --to, or "
                       "delete it to begin again") from None  # fmt: skip
    return held


def _there(work: Path, code: str, entry: Mapping[str, Any], manifest: Manifest) -> bool:
    """Whether all that the stage wrote for later stages is there."""
    files = [work_file(work, code, name) for name in entry["tables"]]
    if code == "cohort":
        files.append(work / COHORT)
    if code == "paths":
        files += [work / f"path_{outcome}.npy" for outcome in manifest.protocol["outcomes"]["codes"]]
    return all(file.exists() for file in files)


def _other(to: Path, manifest: Manifest) -> str:
    """What is another in the run that the folder holds, as far as it can be told."""
    if not (to / NAME).exists():
        return "another protocol, other data or other code"
    kinds = causes(read_manifest(to), manifest)
    data = f"other data ({', '.join(change.key for change in kinds.get('data', ()))})"
    other = {"data": data, "code": "another version of the program", "packages": "other packages"}
    return " and ".join(dict.fromkeys(other.get(kind, "another protocol") for kind in kinds)) or "something else"


def work_file(work: Path, stage: str, table: str) -> Path:
    """Where a stage keeps a table."""
    slug = "".join(c if c.isalnum() else "_" for c in stage)
    return work / f"{slug}.{table}.parquet"


def write_whole(file: Path, content: Mapping[str, Any]) -> None:
    """Whole or not at all, so that a run stopped while writing can go on."""
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    draft.replace(file)
