"""Write the ledger, pseudonymised, as documented Parquet: the one door from work to evidence.

Files of an export folder (columns, types and meanings in `SCHEMA`, also written beside the data):
`events.parquet`, `persons.parquet`, `profiles.parquet`, `funding.parquet`, `manifest.json`, `columns.md`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.pseudonyms import Pseudonyms
from springbrett.evaluation.registers.whole import whole

BATCH_ROWS = 50_000
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class EventRow:
    """One ledger event as it leaves the database."""

    event_id: int
    occurred_at: datetime
    action: str
    step: str
    actor_account_id: UUID
    actor_role: str
    office_number: str | None
    case_id: UUID | None
    person_id: UUID | None
    employer_id: UUID | None
    object_kind: str
    object_id: UUID | None
    facts: Mapping[str, object]
    catalogue_version: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What is told about a person: the year of birth, nothing finer."""

    person_id: UUID
    birth_year: int


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A confirmed mapping as coded answers; words are left behind."""

    case_id: UUID
    version: int
    confirmed_on: date
    answers: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FundingRow:
    """One calendar month of granted money, as it stands when it is exported. Whole kroner."""

    case_id: UUID
    agreement_id: UUID
    employer_id: UUID | None
    office_number: str
    measure: str
    year: int
    month: int
    granted: int
    committed: int
    paid: int


_SCHEMAS: dict[str, tuple[tuple[str, pa.DataType, str], ...]] = {
    "events": (
        ("event_id", pa.int64(), "running number in the ledger; order of recording"),
        ("occurred_at", pa.timestamp("us", tz="UTC"), "when it happened, UTC"),
        ("action", pa.string(), "what happened, as listed in the map of the path (flow.py)"),
        ("step", pa.string(), "step of the path; empty for the registers around it"),
        ("actor", pa.string(), "pseudonym of the account that did it"),
        ("actor_role", pa.string(), "the role it was done in"),
        ("office_number", pa.string(), "four-digit office number; null for the system"),
        ("case", pa.string(), "pseudonym of the case"),
        ("person", pa.string(), "pseudonym of the person"),
        ("employer", pa.string(), "pseudonym of the employer"),
        ("object_kind", pa.string(), "kind of the thing the event is about"),
        ("object", pa.string(), "pseudonym of that thing"),
        ("facts", pa.string(), "coded facts as a JSON object; identifiers inside are pseudonyms"),
        ("catalogue_version", pa.string(), "the catalogue in force for the event"),
    ),
    "persons": (
        ("person", pa.string(), "pseudonym of the person"),
        ("birth_year", pa.int32(), "year of birth"),
    ),
    "profiles": (
        ("case", pa.string(), "pseudonym of the case"),
        ("version", pa.int32(), "number of the mapping version"),
        ("confirmed_on", pa.date32(), "day the version was confirmed"),
        ("answers", pa.string(), "coded answers as a JSON object; free text is left out"),
    ),
    "funding": (
        ("case", pa.string(), "pseudonym of the case"),
        ("agreement", pa.string(), "pseudonym of the agreement the money was granted for"),
        ("employer", pa.string(), "pseudonym of the employer; null when there is none"),
        ("office_number", pa.string(), "four-digit number of the office whose budget bears it"),
        ("measure", pa.string(), "code of the measure"),
        ("year", pa.int32(), "calendar year of the month"),
        ("month", pa.int32(), "calendar month, 1 to 12"),
        ("granted", pa.int64(), "granted for the month, in whole kroner"),
        ("committed", pa.int64(), "of that, still bound at the export: not given back, not paid"),
        ("paid", pa.int64(), "paid out for the month, in whole kroner"),
    ),
}


def columns_page() -> str:
    """The documentation of the exported files as Markdown."""
    lines = ["# Columns of an export", ""]
    for name, columns in _SCHEMAS.items():
        lines += [f"## {name}.parquet", "", "| column | type | meaning |", "|---|---|---|"]
        lines += [f"| {column} | {kind} | {meaning} |" for column, kind, meaning in columns]
        lines.append("")
    return "\n".join(lines)


def write_export(
    folder: Path,
    *,
    events: Iterable[EventRow],
    persons: Iterable[PersonRow],
    profiles: Iterable[ProfileRow],
    funding: Iterable[FundingRow] = (),
    key: bytes,
    on: date,
) -> dict[str, int]:
    """Write the export into `folder` (made if missing) and return the number of rows of each file.

    Streams in batches, so memory stays flat. All of it is written, or nothing. A folder that already holds an export is
    refused with FileExistsError: an evaluation must be able to trust that its data did not change under it. Raises
    BusyError when another process writes there.
    """
    if (folder / MANIFEST).exists():
        raise FileExistsError(f"{folder} already holds an export; choose another folder")
    names = Pseudonyms(key)
    with whole(folder, over=True) as draft:
        rows = {
            "events": _write(draft, "events", (_event(row, names) for row in events)),
            "persons": _write(draft, "persons", ((names.of(row.person_id), row.birth_year) for row in persons)),
            "profiles": _write(draft, "profiles", (_profile(row, names) for row in profiles)),
            "funding": _write(draft, "funding", (_month(row, names) for row in funding)),
        }
        (draft / "columns.md").write_text(columns_page(), encoding="utf-8")
        _write_manifest(draft, rows, on)
    return rows


def changed_since(folder: Path) -> list[str]:
    """Files of an export that are not as it wrote them. Raises FileNotFoundError when there is no manifest, ValueError
    when it is not whole."""
    held: dict[str, dict[str, str]] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    return [f"{name}.parquet" for name, file in held.items()
            if _digest(folder / f"{name}.parquet") != file["sha256"]]  # fmt: skip


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def _write(folder: Path, name: str, rows: Iterator[tuple[object, ...]]) -> int:
    schema = pa.schema([(column, kind) for column, kind, _ in _SCHEMAS[name]])
    written = 0
    with pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd") as writer:
        while batch := list(islice(rows, BATCH_ROWS)):
            columns = [
                pa.array(values, type=field.type)
                for values, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            written += len(batch)
    return written


def _event(row: EventRow, names: Pseudonyms) -> tuple[object, ...]:
    return (
        row.event_id, row.occurred_at, row.action, row.step, names.of(row.actor_account_id), row.actor_role,
        row.office_number, names.of(row.case_id), names.of(row.person_id), names.of(row.employer_id),
        row.object_kind, names.of(row.object_id), _json(names.in_facts(row.facts)), row.catalogue_version,
    )  # fmt: skip


def _profile(row: ProfileRow, names: Pseudonyms) -> tuple[object, ...]:
    return (names.of(row.case_id), row.version, row.confirmed_on, _json(row.answers))


def _month(row: FundingRow, names: Pseudonyms) -> tuple[object, ...]:
    return (
        names.of(row.case_id), names.of(row.agreement_id), names.of(row.employer_id), row.office_number, row.measure,
        row.year, row.month, row.granted, row.committed, row.paid,
    )  # fmt: skip


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _write_manifest(folder: Path, rows: Mapping[str, int], on: date) -> None:
    files = {name: {"rows": count, "sha256": _digest(folder / f"{name}.parquet")} for name, count in rows.items()}
    manifest = {"exported_on": on.isoformat(), "layout": 1, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
