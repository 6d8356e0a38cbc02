"""An export holds what happened and nobody's name, and two exports can only be joined by whoever keeps the key."""

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.desk.export import evaluation_export
from springbrett.evaluation.pseudonyms import Pseudonyms
from springbrett.funding.records import Month
from springbrett.people.models import Case, Office
from tests.builders.funding import make_approver, purse

KEY = b"a key that the test keeps to itself"


def _texts(folder: Path) -> str:
    return "".join(str(pq.read_table(path).to_pylist()) for path in sorted(folder.glob("*.parquet")))


def test_the_ledger_comes_out_row_by_row_without_names_numbers_or_identifiers(
    case: Case, caseworker: Viewer, tmp_path: Path
) -> None:
    rows = evaluation_export(actor=Viewer.system(), folder=tmp_path / "out", key=KEY)
    exported = pq.read_table(tmp_path / "out" / "events.parquet").to_pylist()
    assert rows["events"] == len(exported) > 0
    assert ("case.opened", Pseudonyms(KEY).of(case.id)) in [(row["action"], row["case"]) for row in exported]
    text = _texts(tmp_path / "out")
    for secret in (case.person.national_id, case.person.family_name, str(case.id), str(caseworker.account_id)):
        assert secret not in text


def test_the_files_say_what_they_are_and_can_be_checked(case: Case, tmp_path: Path) -> None:
    rows = evaluation_export(actor=Viewer.system(), folder=tmp_path / "out", key=KEY)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {name: entry["rows"] for name, entry in manifest["files"].items()} == rows
    assert "events.parquet" in (tmp_path / "out" / "columns.md").read_text()


def test_granted_months_come_out_with_what_is_bound_and_paid_and_no_identifier(
    case: Case, caseworker: Viewer, office: Office, tmp_path: Path
) -> None:
    money = purse(caseworker, make_approver(office), case)
    granted = money.granted(on=date(2026, 2, 10))
    money.paid(granted, Month(2026, 3), spent=20_000)
    money.close(date(2026, 5, 31))
    rows = evaluation_export(actor=Viewer.system(), folder=tmp_path, key=KEY)
    exported = pq.read_table(tmp_path / "funding.parquet").to_pylist()
    assert rows["funding"] == len(exported) == 6
    told = {(r["month"]): (r["granted"], r["committed"], r["paid"]) for r in exported}
    assert told[3] == (15_000, 0, 10_428) and told[4] == (15_000, 15_000, 0) and told[6] == (15_000, 0, 0)
    assert {r["agreement"] for r in exported} == {Pseudonyms(KEY).of(money.subject_id)}
    assert {r["office_number"] for r in exported} == {office.number}
    assert str(money.company.id) not in _texts(tmp_path)


def test_an_export_is_never_written_over(case: Case, tmp_path: Path) -> None:
    evaluation_export(actor=Viewer.system(), folder=tmp_path, key=KEY)
    before = (tmp_path / "manifest.json").read_bytes()
    with pytest.raises(FileExistsError, match="another folder"):
        evaluation_export(actor=Viewer.system(), folder=tmp_path, key=KEY)
    assert (tmp_path / "manifest.json").read_bytes() == before


def test_without_a_kept_key_two_exports_cannot_be_joined(case: Case, tmp_path: Path) -> None:
    for name in ("first", "second"):
        evaluation_export(actor=Viewer.system(), folder=tmp_path / name)
    first, second = (
        set(pq.read_table(tmp_path / name / "persons.parquet").column("person").to_pylist())
        for name in ("first", "second")
    )
    assert not first & second


def test_a_caseworker_cannot_export(caseworker: Viewer, tmp_path: Path) -> None:
    with pytest.raises(Denied):
        evaluation_export(actor=caseworker, folder=tmp_path)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Pseudonyms(b"short")
