"""The application's export becomes registers; what the application does not know is absent, not empty."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from springbrett.evaluation.cohort import Population, stays_of
from springbrett.evaluation.export import EventRow, PersonRow, ProfileRow, write_export
from springbrett.evaluation.outcomes.definitions import intervals_of, load_outcomes
from springbrett.evaluation.registers.check import check
from springbrett.evaluation.registers.from_ledger import registers_from_export
from springbrett.evaluation.registers.layout import month_of
from springbrett.evaluation.registers.read import RegistersError, read
from springbrett.evaluation.study.context import place_of
from springbrett.evaluation.study.run import run

PERSON, CASE, AGREEMENT, EMPLOYER, ACTOR = (UUID(int=number) for number in range(1, 6))
STARTED = {"measure": "arbeidstrening", "start": "2026-03-02", "end": "2026-05-31", "main_purpose": "language",
           "chain": "language"}  # fmt: skip
ENDED = {"ended_on": "2026-04-30", "reason": "purpose_reached"}


def event(number: int, action: str, facts: dict[str, Any]) -> EventRow:
    return EventRow(
        event_id=number, occurred_at=datetime(2026, 5, number, 12, tzinfo=UTC), action=action, step="agreement",
        actor_account_id=ACTOR, actor_role="caseworker", office_number="0901", case_id=CASE, person_id=PERSON,
        employer_id=EMPLOYER, object_kind="agreement", object_id=AGREEMENT, facts=facts, catalogue_version="x",
    )  # fmt: skip


def exported(folder: Path, *events: EventRow) -> Path:
    answers = {"needs_level": "situasjonsbestemt_innsats", "education_level": "vocational"}
    write_export(folder, events=events, persons=[PersonRow(PERSON, 1999)], key=b"a secret of sixteen",
                 profiles=[ProfileRow(CASE, 1, date(2026, 1, 15), answers)], on=date(2026, 6, 1))  # fmt: skip
    return folder


def test_a_stay_a_needs_level_and_a_person_come_over(tmp_path: Path) -> None:
    export = exported(tmp_path / "export", event(1, "agreement.started", STARTED), event(2, "agreement.ended", ENDED))
    assert registers_from_export(export, tmp_path / "to")["spells"] == 1
    registers = read(tmp_path / "to")
    assert check(registers) == ()
    stay = registers["spells"].to_pylist()[0]
    assert (stay["start"], stay["end"], stay["end_reason"]) == (date(2026, 3, 2), date(2026, 4, 30), "purpose_reached")
    person = registers["persons"].to_pylist()[0]
    assert (person["birth_year"], person["sex"], person["education"]) == (1999, "unknown", "upper_secondary")
    level = registers["needs_levels"].to_pylist()[0]
    assert (level["month_from"], level["month_to"]) == (month_of(date(2026, 1, 1)), month_of(date(2026, 5, 1)))
    march = month_of(date(2026, 3, 1))
    assert len(stays_of(registers.tables, Population(("arbeidstrening",), march, march))) == 1


def test_what_is_known_of_nobody_is_no_covariate_and_unknown_is_not_no(tmp_path: Path) -> None:
    export = exported(tmp_path / "export", event(1, "agreement.started", STARTED))
    registers_from_export(export, tmp_path / "to")
    tables, march = dict(read(tmp_path / "to").tables), month_of(date(2026, 3, 1))
    population = Population(("arbeidstrening",), march, march)
    told = stays_of(tables, population).names
    assert not [name for name in told if name.startswith(("sex", "immigrant"))], "the application does not know them"
    assert "education_tertiary" in told
    person = tables["persons"].to_pylist()[0]
    some = [person, person | {"person": person["person"] + 1, "sex": "woman"}]
    tables["persons"] = pa.Table.from_pylist(some, schema=tables["persons"].schema)
    cohort = stays_of(tables, population)
    sex = {name: cohort.covariates[0, cohort.names.index(name)] for name in ("sex_woman", "sex_unknown")}
    assert sex == {"sex_woman": 0, "sex_unknown": 1}


def test_a_study_that_asks_for_what_is_not_told_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistersError, match="do not tell sex_woman"):
        place_of("sex_woman", ("age", "measures_before"))


def test_a_placement_that_never_began_is_no_stay(tmp_path: Path) -> None:
    never = event(2, "agreement.ended", ENDED | {"ended_on": "2026-03-01"})
    export = exported(tmp_path / "export", event(1, "agreement.started", STARTED), never)
    assert registers_from_export(export, tmp_path / "to")["spells"] == 0


def test_months_of_work_are_absent_and_an_outcome_that_needs_them_is_refused(tmp_path: Path) -> None:
    export = exported(tmp_path / "export", event(1, "agreement.started", STARTED))
    registers_from_export(export, tmp_path / "to")
    registers = read(tmp_path / "to")
    with pytest.raises(RegistersError, match="have no employment"):
        intervals_of(load_outcomes()["in_work"], registers.tables, 24400)


def test_who_followed_the_case_up_comes_over_and_a_change_of_caseworker_is_a_new_row(tmp_path: Path) -> None:
    other = UUID(int=6)
    given = [event(1, "case.opened", {"chained_from": None, "caseworker": str(ACTOR)}),
             event(2, "agreement.started", STARTED),
             event(20, "case.assigned", {"caseworker": str(other)})]  # fmt: skip
    given[0] = replace(given[0], occurred_at=datetime(2026, 1, 3, 12, tzinfo=UTC))
    given[2] = replace(given[2], occurred_at=datetime(2026, 4, 20, 12, tzinfo=UTC))
    registers_from_export(exported(tmp_path / "export", *given), tmp_path / "to")
    registers = read(tmp_path / "to")
    assert check(registers) == ()
    rows = registers["needs_levels"].to_pylist()
    january, april, may = (month_of(date(2026, month, 1)) for month in (1, 4, 5))
    assert [(row["month_from"], row["month_to"]) for row in rows] == [(january, april - 1), (april, may)]
    assert rows[0]["caseworker"] == registers["spells"].to_pylist()[0]["caseworker"]
    assert rows[1]["caseworker"] != rows[0]["caseworker"]


def test_a_folder_that_is_no_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistersError, match="springbrett export"):
        registers_from_export(tmp_path, tmp_path / "to")


def test_no_identifier_of_the_application_is_left(tmp_path: Path) -> None:
    export = exported(tmp_path / "export", event(1, "agreement.started", STARTED))
    registers_from_export(export, tmp_path / "to")
    told = json.dumps({name: table.to_pylist() for name, table in read(tmp_path / "to").tables.items()}, default=str)
    assert not any(str(identifier) in told for identifier in (PERSON, CASE, AGREEMENT, EMPLOYER, ACTOR))


def test_the_how_to_of_ones_own_office_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springbrett.evaluation.report.page.write_reports", lambda folder: [])
    text = (Path(__file__).parents[2] / "docs" / "how-to" / "evaluate-your-office.md").read_text(encoding="utf-8")
    (study,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    export = exported(tmp_path / "export", event(1, "agreement.started", STARTED), event(2, "agreement.ended", ENDED))
    registers_from_export(export, tmp_path / "registers" / "office")
    (tmp_path / "office.toml").write_text(study, encoding="utf-8")
    done = run(tmp_path / "office.toml", tmp_path / "run")
    told = pq.read_table(done.folder / "results" / "paths.parquet")
    assert told.num_rows == 0, "one person is never told"
    assert done.facts["gate"]["cannot"] == "too_few"
    (tmp_path / "work.toml").write_text(
        study.replace("in_measure", "in_work").replace('"office"', '"work"'), encoding="utf-8"
    )
    with pytest.raises(RegistersError, match="have no employment"):
        run(tmp_path / "work.toml", tmp_path / "other")
