"""Folders of registers as engines read them: months made into intervals once, or all written sorted to another."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from springbrett.evaluation.alone import BusyError, alone
from springbrett.evaluation.engine.monthly import Tell, to_intervals
from springbrett.evaluation.registers.check import out_of_order
from springbrett.evaluation.registers.layout import LAYOUT, MONTHLY
from springbrett.evaluation.registers.read import (
    RegistersError,
    bytes_of,
    file_of,
    keep_origin,
    lacks,
    needs_folder,
    parquet_schema,
    parts_of,
    read_file,
    write,
)
from springbrett.evaluation.registers.whole import needs_empty, whole

KEPT = "intervals"
"""The folder beside monthly files that holds the intervals made of them."""
MOST_HELD = 30_000_000
"""Rows month by month that are put in order in memory, should they come otherwise."""


def interval_file(folder: Path, name: str) -> Path | None:
    """The file with the intervals of a table: the folder's own, or one made of its monthly file and kept until that
    file changes. None when there is neither.

    Raises RegistersError as `to_intervals` does, or when nothing can be written in the folder.
    """
    own, source = file_of(folder, name), _monthly_file(folder, name)
    if own is not None or source is None:
        return own
    kept = folder / KEPT
    target, note = kept / f"{name}.parquet", kept / f"{name}.json"
    made_of = json.dumps([(part.name, part.stat().st_size, part.stat().st_mtime_ns) for part in parts_of(source)])
    if target.exists() and note.exists() and note.read_text(encoding="utf-8") == made_of:
        return target
    try:
        with alone(kept):
            note.unlink(missing_ok=True)
            _made(source, name, target)
            note.write_text(made_of, encoding="utf-8")
    except BusyError:
        raise RegistersError(f"another process makes intervals of {source.name}; wait for it, and run again") from None
    except OSError as error:
        raise RegistersError(f"{source.name} must be made into intervals, and that cannot be written "
                             f"({error.strerror or error}); run `springbrett registers intervals {folder} TO`, and "
                             "study TO") from None  # fmt: skip
    return target


def _monthly_file(folder: Path, name: str) -> Path | None:
    return file_of(folder, MONTHLY[name].name) if name in MONTHLY else None


def _made(source: Path, name: str, target: Path, progress: Tell | None = None) -> int:
    """Months made into intervals as they lie; or, where they lie otherwise than that is done fast (CSV, a folder of
    parts, other types, another order), put in order in memory first. How many intervals there are.

    Raises RegistersError: as `to_intervals` and `read_file`, or when there are too many rows to hold.
    """
    if source.suffix == ".parquet" and source.is_file():
        try:
            return to_intervals(source, name, target, progress=progress)
        except RegistersError:
            if not 0 < pq.read_metadata(source).num_rows <= MOST_HELD:
                raise
    rows = read_file(source, MONTHLY[name])
    ordered = target.with_suffix(".ordered.parquet")
    try:
        pq.write_table(rows.sort_by([("person", "ascending"), ("month", "ascending")]), ordered)
        return to_intervals(ordered, name, target, progress=progress)
    except RegistersError as error:
        raise RegistersError(str(error).replace(ordered.name, source.name)) from None
    finally:
        ordered.unlink(missing_ok=True)


def folder_of_intervals(source: Path, target: Path, *, progress: Tell | None = None) -> dict[str, int]:
    """Write the registers of a folder to an empty one as Parquet files sorted as the layout says, months made into
    intervals; rows by table. What is so already is copied as it is. All are written, or none. `progress` is told the
    share that is done.

    Raises RegistersError, FileExistsError, BusyError.
    """
    needs_folder(source)
    needs_empty(target)
    files = {name: file_of(source, name) or _monthly_file(source, name) for name in LAYOUT}
    lacking = [table for name, table in LAYOUT.items() if files[name] is None and not table.optional]
    if lacking:
        raise RegistersError(lacks(source, lacking[0]))
    there = {name: path for name, path in files.items() if path is not None}
    sizes = {name: bytes_of(path) for name, path in there.items()}
    total, done, rows = max(1, sum(sizes.values())), 0, {}
    with whole(target) as draft:
        for name, path in there.items():
            tell = None if progress is None else partial(_tell, progress, done / total, sizes[name] / total)
            rows[name] = _as_intervals(path, name, draft / f"{name}.parquet", tell)
            done += sizes[name]
        keep_origin(source, draft)
    return rows


def _tell(progress: Tell, done: float, share: float, part: float) -> None:
    progress(done + share * part)


def _as_intervals(path: Path, name: str, target: Path, progress: Tell | None) -> int:
    table = LAYOUT[name]
    if path.stem != name:
        return _made(path, name, target, progress)
    if path.suffix == ".parquet" and path.is_file() and parquet_schema(path).equals(table.schema):
        keys = pq.read_table(path, columns=list(table.sorted_by))
        if not out_of_order(table, keys).any():
            shutil.copyfile(path, target)
            return int(keys.num_rows)
    rows = read_file(path, table)
    write({name: rows}, target.parent)
    return int(rows.num_rows)
