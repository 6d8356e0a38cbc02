"""The application's own export as registers, so that an office can be studied with the same commands.

The ledger knows who stayed where, why it ended and which needs level was decided. It does not know every month of work
or benefit: those tables are left out, and a study that rests on them is refused rather than answered with guesses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.export import MANIFEST, changed_since
from springbrett.evaluation.registers.layout import LAYOUT, month_of
from springbrett.evaluation.registers.read import RegistersError, parquet_schema, write
from springbrett.evaluation.registers.whole import whole

NEEDED = {
    "events": ("occurred_at", "action", "actor", "office_number", "case", "person", "employer", "object", "facts"),
    "persons": ("person", "birth_year"),
    "profiles": ("case", "version", "confirmed_on", "answers"),
}
"""Columns of an export that registers are made of, by file."""
STARTED, ENDED = "agreement.started", "agreement.ended"
GIVEN = ("case.opened", "case.assigned")
"""Events that say who carries a case from then on."""
LEVELS = {
    "none": "compulsory", "primary": "compulsory", "upper_secondary_started": "compulsory",
    "upper_secondary": "upper_secondary", "vocational": "upper_secondary", "higher_vocational": "tertiary",
    "bachelor": "tertiary", "master": "tertiary",
}  # fmt: skip
"""Education as the mapping asks it, and as registers hold it."""


@dataclass(frozen=True, slots=True)
class _Stay:
    person: str
    office: int
    facts: Mapping[str, Any]
    employer: str | None


def registers_from_export(export: Path, target: Path) -> dict[str, int]:
    """Read a folder written by `springbrett export`, write registers to `target`; rows by table.

    Raises RegistersError when the folder is no such export, FileExistsError, BusyError.
    """
    _needs_whole(export)
    events, persons, profiles = (_rows(export, name) for name in ("events", "persons", "profiles"))
    last = max((row["occurred_at"].date() for row in events), default=date(2000, 1, 1))
    offices = _offices_by_person(events)
    tables = {
        "persons": _persons(persons, profiles, events, offices),
        "spells": _spells(events),
        "needs_levels": _needs_levels(profiles, events, last),
        "offices": [{"office": office, "region": "unknown"} for office in sorted(set(offices.values()))],
        "employers": [{"employer": key} for key in sorted({_key(e) for e in _employers(events)})],
    }
    made = {name: pa.Table.from_pylist([_whole(row, name) for row in rows], schema=LAYOUT[name].schema)
            for name, rows in tables.items()}  # fmt: skip
    with whole(target) as draft:
        write(made, draft)
    return {name: table.num_rows for name, table in made.items()}


def _needs_whole(export: Path) -> None:
    """Raises RegistersError when the folder is no export, or not as it was written."""
    try:
        changed = changed_since(export)
    except FileNotFoundError:
        raise RegistersError(
            f"{export} has no {MANIFEST}; it must be a folder written by `springbrett export`"
        ) from None
    except (ValueError, KeyError, TypeError, OSError):
        raise RegistersError(f"{export / MANIFEST} cannot be read; export again") from None
    if changed:
        raise RegistersError(f"{export} is not as `springbrett export` wrote it ({', '.join(changed)}); export again")


def _rows(export: Path, name: str) -> list[dict[str, Any]]:
    path = export / f"{name}.parquet"
    if not path.exists():
        raise RegistersError(f"{export} lacks {name}.parquet; it must be a folder written by `springbrett export`")
    missing = [column for column in NEEDED[name] if column not in parquet_schema(path).names]
    if missing:
        raise RegistersError(
            f"{path} lacks the column {', '.join(missing)}; it must be as `springbrett export` wrote it"
        )
    try:
        rows: list[dict[str, Any]] = pq.read_table(path, columns=list(NEEDED[name])).to_pylist()
    except (pa.ArrowInvalid, OSError):
        raise RegistersError(f"{path} is no whole Parquet file; export again") from None
    return rows


def _whole(row: Mapping[str, Any], table: str) -> dict[str, Any]:
    return {name: row.get(name) for name in LAYOUT[table].names}


def _key(pseudonym: str) -> int:
    """A pseudonym of hexadecimal digits as a whole number of 60 bits."""
    return int(pseudonym[:15], 16)


def _offices_by_person(events: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return {row["person"]: int(row["office_number"]) for row in events if row["person"] and row["office_number"]}


def _employers(events: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (row["employer"] for row in events if row["action"] == STARTED and row["employer"])


def _persons(
    persons: Iterable[Mapping[str, Any]], profiles: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]],
    offices: Mapping[str, int],
) -> list[dict[str, Any]]:  # fmt: skip
    """Year of birth and education; sex and origin are not in the application, and so not told."""
    person_of = {row["case"]: row["person"] for row in events if row["case"] and row["person"]}
    education = {}
    for row in profiles:
        level = json.loads(row["answers"]).get("education_level")
        if level in LEVELS:
            education[person_of.get(row["case"])] = LEVELS[level]
    return [
        {"person": _key(row["person"]), "birth_year": row["birth_year"], "sex": "unknown",
         "immigrant_group": "unknown", "education": education.get(row["person"], "unknown"), "region": "unknown",
         "office": offices[row["person"]]}
        for row in persons if row["person"] in offices
    ]  # fmt: skip


def _spells(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per agreement that began; its end is the actual one, or empty while it runs."""
    stays: dict[str, dict[str, Any]] = {}
    for row in events:
        facts = json.loads(row["facts"])
        if row["action"] == STARTED:
            stays[row["object"]] = {
                "person": _key(row["person"]), "measure": facts["measure"],
                "start": date.fromisoformat(facts["start"]), "office": int(row["office_number"]),
                "employer": _key(row["employer"]) if row["employer"] else None, "caseworker": _key(row["actor"]),
                "purpose": facts.get("main_purpose") or None, "chain": facts.get("chain") or None,
            }  # fmt: skip
        elif row["action"] == ENDED and row["object"] in stays:
            stays[row["object"]] |= {"end": date.fromisoformat(facts["ended_on"]), "end_reason": facts["reason"]}
    return [stay for stay in stays.values() if stay.get("end") is None or stay["end"] >= stay["start"]]


def _needs_levels(
    profiles: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]], last: date
) -> list[dict[str, Any]]:  # fmt: skip
    """From the month a mapping was confirmed to the month before the next, or to the last event; a new row, too, when
    the case is given to another caseworker."""
    person_of = {row["case"]: row["person"] for row in events if row["case"] and row["person"]}
    known: dict[int, dict[int, str]] = {}
    for row in sorted(profiles, key=lambda row: (row["confirmed_on"], row["version"])):
        level = json.loads(row["answers"]).get("needs_level")
        person = person_of.get(row["case"])
        if level and person:
            known.setdefault(_key(person), {})[month_of(row["confirmed_on"])] = level
    carried = _carried(events)
    rows = []
    for person, levels in known.items():
        given = carried.get(person, {})
        end = max(month_of(last), *levels) + 1
        turns = sorted({*levels, *(month for month in given if min(levels) < month < end)})
        for month, after in zip(turns, [*turns[1:], end], strict=True):
            rows.append({"person": person, "needs_level": _latest(levels, month), "month_from": month,
                         "month_to": after - 1, "caseworker": _latest(given, month)})  # fmt: skip
    return rows


def _carried(events: Iterable[Mapping[str, Any]]) -> dict[int, dict[int, int]]:
    """Person → month → who carries the case from then on."""
    found: dict[int, dict[int, int]] = {}
    for row in sorted((row for row in events if row["action"] in GIVEN), key=lambda row: row["occurred_at"]):
        caseworker = json.loads(row["facts"]).get("caseworker")
        if caseworker and row["person"]:
            found.setdefault(_key(row["person"]), {})[month_of(row["occurred_at"].date())] = _key(caseworker)
    return found


def _latest(held: Mapping[int, Any], month: int) -> Any:
    """What was last set by a month; None before the first."""
    return held[max(at for at in held if at <= month)] if any(at <= month for at in held) else None
