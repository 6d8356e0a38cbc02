"""A column that is the same in one row group of a Parquet file after another: made once, not once a row group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

Made = TypeVar("Made")
REMEMBERED = 16
"""How many columns of different row groups are kept to be used again."""
RAW_LIMIT = 1 << 20
"""A column of a row group that takes more bytes than this in the file is not compared with those before."""


class Recurring(Generic[Made]):
    """What is made of one column, a row group at a time (the months of a panel without holes): made only where its
    bytes in the file differ from those seen before.

    The same bytes under the same schema are the same values: pages carry their own encodings and counts. Not for use
    by two threads at once.
    """

    def __init__(self, file: pq.ParquetFile, source: str, name: str, make: Callable[[pa.ChunkedArray], Made]) -> None:
        self._file, self._raw, self._name, self._make = file, pa.OSFile(source), name, make
        self._place = file.metadata.schema.names.index(name)
        self._known: dict[bytes, Made] = {}

    def of(self, group: int) -> Made:
        """What `make` gives for that row group."""
        key = self._bytes(group)
        if key not in self._known:
            table = self._file.read_row_group(group, columns=[self._name], use_threads=False)
            made = self._make(table.column(self._name))
            if not key:
                return made
            while len(self._known) >= REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[key] = made
        return self._known[key]

    def _bytes(self, group: int) -> bytes:
        chunk = self._file.metadata.row_group(group).column(self._place)
        if chunk.total_compressed_size > RAW_LIMIT:
            return b""
        self._raw.seek(min(at for at in (chunk.dictionary_page_offset, chunk.data_page_offset) if at))
        held: bytes = self._raw.read(chunk.total_compressed_size)
        return held + bytes(chunk.compression, "ascii")
