"""A subsidy that goes on: a second agreement with the same employer begins neither its steps nor its year anew."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from springbrett import catalogue
from springbrett.access.roles import Viewer
from springbrett.agreement import services
from springbrett.agreement.context import context_for, estimate_for
from springbrett.agreement.earlier import began
from springbrett.agreement.records import Wage
from springbrett.employers.models import Employer
from springbrett.funding.selectors import granted_by_year
from springbrett.kernel import clock
from springbrett.kernel.period import Period
from springbrett.money.ceiling import ceiling_on
from springbrett.money.records import Schedule
from springbrett.people.models import Case
from tests import build
from tests.builders import employers
from tests.builders.agreement import Table, change, content_for, drafted, enter
from tests.builders.mapping import confirmed_mapping

VARIG = "varig_lonnstilskudd"
FIRST, FIRST_ENDS = date(2026, 1, 5), date(2026, 6, 30)
PAUSE = catalogue.load().house_int("subsidy_pause_days", FIRST)
WELL_PAID = Wage(Decimal(150_000), Decimal("0.12"), Decimal("0.02"), Decimal("0.141"), Decimal(75))


@pytest.fixture
def case(caseworker: Viewer) -> Case:
    with clock.at(date(2025, 12, 22)):
        found = build.make_case(caseworker, build.make_person(date(2000, 3, 3)))
        confirmed_mapping(caseworker, found.id, needs_level="varig_tilpasset_innsats", reduced_work_capacity=True,
                          situation="work_assessment_allowance")  # fmt: skip
    return found


@pytest.fixture
def company() -> Employer:
    return employers.make_employer()


def draft(
    caseworker: Viewer, case: Case, company: Employer, start: date, end: date, *, well_paid: bool = True
) -> Table:
    content = replace(content_for(VARIG, start), end=end)
    said = replace(content, wage=WELL_PAID) if well_paid else replace(content, wage=replace(content.wage,
                                                                     agreed_percent=Decimal(75)))  # fmt: skip
    return drafted(caseworker, case, measure=VARIG, content=said, company=company)


def first_agreement(caseworker: Viewer, case: Case, company: Employer, *, well_paid: bool = True) -> Table:
    """An agreement in force from January to June, with its money, ended as planned."""
    with clock.at(date(2025, 12, 29)):
        table = draft(caseworker, case, company, FIRST, FIRST_ENDS, well_paid=well_paid)
        enter(table)
    with clock.at(FIRST_ENDS):
        services.agreement_end(actor=caseworker, agreement_id=table.agreement.id, ended_on=FIRST_ENDS,
                               reason_code="planned_end")  # fmt: skip
    return table


def following(caseworker: Viewer, case: Case, company: Employer, start: date, end: date, **said: bool) -> Table:
    with clock.at(FIRST_ENDS + timedelta(days=1)):
        return draft(caseworker, case, company, start, end, **said)


def schedule(table: Table) -> Schedule:
    found = estimate_for(table.fresh())
    assert found is not None
    return found.value


@pytest.mark.rule("tiltaksforskriften § 10-7")
def test_10_7_two_agreements_in_a_year_keep_to_one_ceiling_together(
    caseworker: Viewer, case: Case, company: Employer
) -> None:
    one = first_agreement(caseworker, case, company)
    granted = granted_by_year([one.agreement.id])
    two = following(caseworker, case, company, date(2026, 7, 1), date(2027, 3, 31))
    ceiling = ceiling_on(Decimal(5), catalogue.load(), date(2026, 12, 31))
    assert ceiling is not None and 0 < granted[2026] == schedule(one).total <= ceiling
    assert granted[2026] + schedule(two).by_year()[2026] == ceiling
    assert schedule(two).by_year()[2027] > 0
    assert context_for(caseworker, two.fresh(), FIRST_ENDS).earlier.granted == granted


@pytest.mark.rule("tiltaksforskriften § 10-7")
@pytest.mark.parametrize("pause", [0, PAUSE, PAUSE + 1, 100])
def test_10_7_a_pause_gives_no_new_year(caseworker: Viewer, case: Case, company: Employer, pause: int) -> None:
    one = first_agreement(caseworker, case, company)
    start = FIRST_ENDS + timedelta(days=pause + 1)
    two = following(caseworker, case, company, start, date(2026, 12, 31))
    ceiling = ceiling_on(Decimal(5), catalogue.load(), date(2026, 12, 31))
    assert schedule(one).total + schedule(two).total == ceiling


@pytest.mark.rule("tiltaksforskriften § 10-7")
def test_10_7_another_employer_is_another_subsidy(caseworker: Viewer, case: Case, company: Employer) -> None:
    first_agreement(caseworker, case, company)
    two = following(caseworker, case, employers.make_employer(), date(2026, 7, 1), date(2027, 6, 30))
    found = context_for(caseworker, two.fresh(), FIRST_ENDS).earlier
    assert found.granted == {} and found.began == date(2026, 7, 1)


@pytest.mark.rule("tiltaksforskriften § 10-7")
@pytest.mark.parametrize(("pause", "falls_on"), [(0, date(2027, 1, 5)), (PAUSE, date(2027, 1, 5)), (PAUSE + 1, None)])
def test_10_7_the_first_year_runs_on_through_a_short_pause_and_begins_anew_after_a_long_one(
    caseworker: Viewer, case: Case, company: Employer, pause: int, falls_on: date | None
) -> None:
    first_agreement(caseworker, case, company, well_paid=False)
    start = FIRST_ENDS + timedelta(days=pause + 1)
    two = following(caseworker, case, company, start, date(2027, 4, 30), well_paid=False)
    lower = [month.period.start for month in schedule(two).months if month.percent == Decimal(67)]
    assert (lower[0] if lower else None) == falls_on


def test_months_given_back_do_not_count_against_the_year(caseworker: Viewer, case: Case, company: Employer) -> None:
    with clock.at(date(2025, 12, 29)):
        one = draft(caseworker, case, company, FIRST, date(2026, 12, 31))
        enter(one)
    with clock.at(date(2026, 3, 31)):
        services.agreement_end(actor=caseworker, agreement_id=one.agreement.id, ended_on=date(2026, 3, 31),
                               reason_code="by_employer")  # fmt: skip
    kept = sum(month.amount for month in schedule(one).months if month.period.start <= date(2026, 3, 31))
    assert granted_by_year([one.agreement.id]) == {2026: kept}


def test_a_change_of_the_same_agreement_is_counted_for_all_its_days_and_not_on_top_of_itself(
    caseworker: Viewer, case: Case, company: Employer
) -> None:
    with clock.at(date(2025, 12, 29)):
        table = draft(caseworker, case, company, FIRST, FIRST_ENDS)
        enter(table)
    before = schedule(table)
    with clock.at(date(2026, 5, 4)):
        change(table, end=date(2026, 12, 31))
    after = schedule(table)
    assert after.months[:5] == before.months[:5]
    assert after.by_year()[2026] == ceiling_on(Decimal(5), catalogue.load(), date(2026, 12, 31))


def test_the_earlier_amount_is_a_line_of_the_calculation(caseworker: Viewer, case: Case, company: Employer) -> None:
    one = first_agreement(caseworker, case, company)
    two = following(caseworker, case, company, date(2026, 7, 1), date(2026, 12, 31))
    found = estimate_for(two.fresh())
    assert found is not None
    year = next(step for step in found.steps if step.label == "year")
    assert ("granted_earlier", schedule(one).total) in [(part.label, part.value) for part in year.children]


@pytest.mark.parametrize(("days", "joined"), [(-5, True), (0, True), (30, True), (31, False)])
def test_a_row_is_held_together_by_pauses_no_longer_than_the_house_allows(days: int, joined: bool) -> None:
    first = date(2026, 7, 1)
    last = first - timedelta(days=days + 1)
    early = Period(date(2026, 1, 1), last)
    assert began(first, [early], 30) == (early.start if joined else first)


def test_a_row_goes_back_through_every_short_pause_and_stops_at_the_first_long_one() -> None:
    periods = [Period(date(2025, 1, 1), date(2025, 3, 31)), Period(date(2025, 6, 1), date(2025, 8, 31)),
               Period(date(2025, 9, 15), date(2025, 12, 31))]  # fmt: skip
    assert began(date(2026, 1, 1), periods, 30) == date(2025, 6, 1)
