"""A Parquet file sorted by person, read a range of persons at a time by what it says of its own row groups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.engine.folders import interval_file
from springbrett.evaluation.registers.layout import LAYOUT
from springbrett.evaluation.registers.read import RegistersError

LOWEST, HIGHEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
Range = tuple[int, int]


class PersonFile:
    """One table of a folder; only the columns asked for, in the types of the layout. Not for use by two threads at
    once: each makes its own (`again`)."""

    def __init__(self, folder: Path, name: str, columns: Sequence[str]) -> None:
        path = interval_file(folder, name)
        if path is None or not path.is_file() or path.suffix != ".parquet":
            raise RegistersError(f"{folder} lacks {name}.parquet; `springbrett registers intervals` makes it")
        self.path, self.name, self.columns = path, name, list(columns)
        self._file = pq.ParquetFile(path)
        self._held: tuple[int, pa.Table] | None = None
        self.low, self.high = self._statistics()
        absent = [c for c in self.columns if c not in self._file.schema_arrow.names]
        needed = [c for c in absent if LAYOUT[name].column(c).required]
        if needed:
            raise RegistersError(f"{path.name} lacks the column {', '.join(needed)}")
        self._absent = absent

    def again(self) -> PersonFile:
        """The same file, opened once more."""
        return PersonFile(self.path.parent, self.name, self.columns)

    def _statistics(self) -> tuple[list[int], list[int]]:
        held = self._file.metadata
        place = held.schema.names.index("person") if "person" in held.schema.names else None
        if place is None:
            raise RegistersError(f"{self.path.name} lacks the column person")
        found = [held.row_group(n).column(place).statistics for n in range(held.num_row_groups)
                 if held.row_group(n).num_rows]  # fmt: skip
        if any(s is None or not s.has_min_max for s in found) or len(found) != held.num_row_groups:
            raise RegistersError(f"{self.path.name} does not say which persons its parts hold; {_REMEDY}")
        low, high = [int(s.min) for s in found], [int(s.max) for s in found]
        if any(after < before for before, after in zip(high, low[1:], strict=False)):
            raise RegistersError(f"{self.path.name} is not sorted by person; {_REMEDY}")
        return low, high

    def ranges(self) -> list[Range]:
        """Ranges of persons, both ends included, that meet one row group each and together are everybody."""
        ends = sorted(set(self.high[:-1]))
        return list(zip([LOWEST, *(end + 1 for end in ends)], [*ends, HIGHEST], strict=True))

    def between(self, low: int, high: int) -> pa.Table:
        """The rows of persons from `low` to `high`. Raises RegistersError when they are not sorted by person."""
        parts = []
        for number, (first, last) in enumerate(zip(self.low, self.high, strict=True)):
            if last >= low and first <= high:
                group = self._group(number)
                if first < low or last > high:
                    person = group["person"].to_numpy()
                    begin, stop = np.searchsorted(person, low, "left"), np.searchsorted(person, high, "right")
                    group = group.slice(begin, stop - begin)
                parts.append(group)
        return pa.concat_tables(parts).combine_chunks() if parts else self._group(0).slice(0, 0)

    def _group(self, number: int) -> pa.Table:
        """One row group; the last one read is kept, since a person may go on where the next range begins."""
        if self._held is not None and self._held[0] == number:
            return self._held[1]
        there = [name for name in self.columns if name not in self._absent]
        read = (self._file.read_row_group(number, columns=there, use_threads=False) if self._file.num_row_groups
                else self._file.read(columns=there))  # fmt: skip
        for name in self._absent:
            read = read.append_column(name, pa.nulls(read.num_rows, LAYOUT[self.name].column(name).arrow))
        schema = pa.schema([(name, LAYOUT[self.name].column(name).arrow) for name in self.columns])
        rows = read.select(self.columns).cast(schema).combine_chunks()
        person = rows["person"].to_numpy()
        if np.any(person[1:] < person[:-1]):
            raise RegistersError(f"{self.path.name} is not sorted by person; {_REMEDY}")
        self._held = (number, rows)
        return rows


_REMEDY = "`springbrett registers intervals` writes it sorted"
