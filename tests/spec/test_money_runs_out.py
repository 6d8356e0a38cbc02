"""When the money of a year runs out and placements are prolonged instead, the office sees it, with figures."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from springbrett.access.policy import Denied
from springbrett.access.roles import Role, Viewer
from springbrett.agreement.selectors import newest_version
from springbrett.followup.services import placement_extend
from springbrett.funding import rules as funding_rules
from springbrett.funding.records import Movement, Waited
from springbrett.kernel import clock
from springbrett.kernel.period import Period
from springbrett.people.models import Office
from springbrett.people.services import case_open
from springbrett.steering import explain, rules
from springbrett.steering.money import droughts_for
from springbrett.steering.rules import Extended, Shortage
from tests import build
from tests.builders.agreement import Table
from tests.builders.followup import running
from tests.builders.funding import GROUP, Purse, budget, make_approver, purse, schedule

BEGAN, ASKED, OUT = date(2026, 3, 2), date(2026, 8, 20), date(2026, 8, 25)
AUTUMN = (date(2026, 9, 1), date(2026, 12, 31))
CHRISTMAS = date(2026, 12, 20)


@pytest.fixture
def approver(office: Office) -> Viewer:
    return make_approver(office)


def _extended(table: Table, on: date, reason: str) -> None:
    newest = newest_version(table.fresh())
    assert newest.record.end is not None
    with clock.at(on):
        placement_extend(
            actor=table.caseworker, agreement_id=table.agreement.id, base_version=newest.number,
            new_end=newest.record.end + timedelta(days=60), reason_code=reason, reason_text="Venter.",
            override_reason="individual_need",
        )  # fmt: skip


@pytest.fixture
def autumn(caseworker: Viewer, leader: Viewer, approver: Viewer, office: Office) -> list[Purse]:
    """The budget covers one subsidy. The next is refused for lack of money, the third waits; both placements behind
    them are extended, the one openly while waiting for the subsidy. A fourth is extended for its own reasons."""
    with clock.at(ASKED):
        budget(leader, office, 60_000)
    first, second, third = (purse(caseworker, approver) for _ in range(3))
    tables = [running(caseworker, money.case) for money in (second, third)]
    first.granted(schedule(*AUTUMN), on=OUT)
    second.decide(second.ask(schedule(*AUTUMN), on=OUT), granted=False, on=OUT)
    third.ask(schedule(*AUTUMN), on=OUT)
    _extended(tables[0], OUT, "waiting_for_subsidy")
    _extended(tables[1], OUT, "more_time_needed")
    _extended(running(caseworker), OUT, "more_time_needed")
    return [first, second, third]


def test_the_office_sees_that_the_money_ran_out_and_how_many_were_kept_in_a_placement(
    autumn: list[Purse], leader: Viewer
) -> None:
    (seen,) = droughts_for(leader, 2026, CHRISTMAS)
    assert (seen.line, seen.free, seen.refused, seen.waiting) == (GROUP, 0, 1, 1)
    assert (seen.extended_waiting, seen.extended_meanwhile) == (1, 2)
    assert (seen.out_since, seen.out_days) == (OUT, (CHRISTMAS - OUT).days + 1)
    assert seen.verdict.fact("extended_waiting") == 1 and not seen.verdict.met


def test_a_placement_prolonged_while_the_persons_next_case_waits_for_money_counts(
    caseworker: Viewer, leader: Viewer, approver: Viewer, office: Office
) -> None:
    """The agreement for the subsidised job is a case of its own: one case has one open agreement."""
    with clock.at(ASKED):
        budget(leader, office, 60_000)
    purse(caseworker, approver).granted(schedule(*AUTUMN), on=OUT)
    table = running(caseworker)
    with clock.at(OUT):
        following = case_open(actor=caseworker, person_id=table.case.person_id, office_id=office.id,
                              caseworker_id=caseworker.account_id)  # fmt: skip
    purse(caseworker, approver, following).ask(schedule(*AUTUMN), on=OUT)
    _extended(table, OUT, "more_time_needed")
    _extended(running(caseworker), OUT, "more_time_needed")
    (seen,) = droughts_for(leader, 2026, CHRISTMAS)
    assert (seen.waiting, seen.extended_waiting, seen.extended_meanwhile) == (1, 0, 1)


def test_the_observation_says_figures_and_accuses_nobody(autumn: list[Purse], leader: Viewer) -> None:
    (seen,) = droughts_for(leader, 2026, CHRISTMAS)
    assert seen.verdict.severity == "info"
    assert "Arbeidstrening forlenget mens det ble ventet på lønnstilskudd: 1." in explain.money_lasts(seen.verdict)


def test_more_money_ends_it_and_the_days_without_it_stay_to_be_seen(
    autumn: list[Purse], leader: Viewer, office: Office
) -> None:
    with clock.at(date(2026, 10, 1)):
        budget(leader, office, 200_000)
    (seen,) = droughts_for(leader, 2026, CHRISTMAS)
    assert (seen.free, seen.out_since, seen.out_days) == (140_000, None, (date(2026, 10, 1) - OUT).days)


def test_an_office_whose_money_lasts_sees_no_sign(leader: Viewer, office: Office, autumn: list[Purse]) -> None:
    assert droughts_for(leader, 2025, date(2025, 12, 31)) == ()


def test_the_sign_is_for_those_who_answer_for_the_offices_money(
    autumn: list[Purse], approver: Viewer, caseworker: Viewer, office: Office, other_office: Office
) -> None:
    assert droughts_for(approver, 2026, CHRISTMAS)
    assert droughts_for(build.make_viewer(Role.OFFICE_LEADER, office=other_office), 2026, CHRISTMAS) == ()
    for stranger in (caseworker, build.make_viewer(Role.OFFICE_LEADER, office=other_office)):
        with pytest.raises(Denied):
            droughts_for(stranger, 2026, CHRISTMAS, office.id)


def test_the_leaders_page_shows_it_in_few_queries(
    autumn: list[Purse], leader: Viewer, approver: Viewer, client_for: Callable[[Viewer], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with clock.at(CHRISTMAS):
        client = client_for(leader)
        page = client.get("/office/").content.decode()
        assert "Pengene er brukt opp" in page and "/office/money/" in page
        with django_assert_max_num_queries(8):
            answer = client.get("/office/money/")
        assert "Dager uten noe fritt" in answer.content.decode() and len(answer.content) < 40_000
        assert client_for(approver).get("/office/money/?year=2025").status_code == 200
        assert "Lønnstilskudd" in client_for(approver).get("/funding/").content.decode()


def _moves(*moves: tuple[int, int, bool]) -> list[Movement]:
    return [Movement(date(2026, 1, day), change, budget=isbudget) for day, change, isbudget in moves]


def test_money_is_out_from_the_day_the_last_krone_is_bound_to_the_day_before_there_is_more() -> None:
    moves = _moves((1, 100, True), (10, -100, False), (15, 1, False))
    assert funding_rules.out_periods(moves, date(2026, 1, 31)) == (Period(date(2026, 1, 10), date(2026, 1, 14)),)
    assert funding_rules.out_periods(moves, date(2026, 1, 12)) == (Period(date(2026, 1, 10), date(2026, 1, 12)),)
    assert funding_rules.out_periods(moves, date(2026, 1, 9)) == ()


def test_one_krone_free_is_not_out_and_what_is_settled_within_a_day_does_not_count() -> None:
    assert funding_rules.out_periods(_moves((1, 100, True), (10, -99, False)), date(2026, 1, 31)) == ()
    assert funding_rules.out_periods(_moves((1, 100, True), (10, -100, False), (10, 5, False)), date(2026, 1, 31)) == ()


def test_nothing_is_out_before_there_is_a_budget() -> None:
    assert funding_rules.out_periods(_moves((3, -100, False)), date(2026, 1, 31)) == ()
    assert funding_rules.out_periods(_moves((3, -100, False), (5, 100, True)), date(2026, 1, 6)) == (
        Period(date(2026, 1, 5), date(2026, 1, 6)),
    )


@pytest.mark.parametrize(("on", "counted"), [(date(2026, 8, 24), 0), (OUT, 1), (CHRISTMAS, 1)])
def test_an_extension_counts_as_in_vain_from_the_first_day_the_case_waited_without_money(
    on: date, counted: int
) -> None:
    case = uuid4()
    extended = [Extended(uuid4(), case, on, "more_time_needed")]
    assert rules.extended_meanwhile(extended, {case: (Period(OUT, CHRISTMAS),)}) == counted
    assert rules.extended_meanwhile(extended, {uuid4(): (Period(OUT, CHRISTMAS),)}) == 0


def test_a_placement_extended_twice_counts_once() -> None:
    placement, case = uuid4(), uuid4()
    twice = [Extended(placement, case, on, "waiting_for_subsidy") for on in (OUT, CHRISTMAS)]
    assert rules.extended_waiting(twice) == 1
    assert rules.extended_meanwhile(twice, {case: (Period(OUT, CHRISTMAS),)}) == 1


DRY = (Period(date(2026, 9, 1), date(2026, 10, 31)),)
FIRST, LATER = date(2026, 8, 15), date(2026, 10, 10)


@pytest.mark.parametrize(("waited", "vain"), [
    ([], ()),
    ([Waited(FIRST)], DRY),
    ([Waited(FIRST, LATER, granted=True)], (Period(date(2026, 9, 1), date(2026, 10, 9)),)),
    ([Waited(FIRST, date(2026, 9, 1), granted=True)], ()),
    ([Waited(FIRST, FIRST, no_money=True)], (Period(FIRST, CHRISTMAS),)),
    ([Waited(FIRST, FIRST, no_money=True), Waited(FIRST, LATER, granted=True)],
     (Period(FIRST, date(2026, 10, 9)),)),
    ([Waited(FIRST, FIRST)], ()),
    ([Waited(date(2026, 12, 21))], ()),
])  # fmt: skip
def test_money_is_asked_for_in_vain_while_nothing_is_free_or_after_a_refusal_until_a_grant(
    waited: list[Waited], vain: tuple[Period, ...]
) -> None:
    assert funding_rules.in_vain(waited, DRY, CHRISTMAS) == vain


@pytest.mark.parametrize(("days", "refused", "lasts"), [(0, 0, True), (1, 0, False), (0, 1, False)])
def test_the_money_lasts_when_some_is_free_every_day_and_nobody_is_refused_for_lack_of_it(
    days: int, refused: int, lasts: bool
) -> None:
    assert rules.money_lasts(Shortage(GROUP, 2026, 1, days, refused), (0, 0), CHRISTMAS).met is lasts


@pytest.mark.parametrize(("free", "days", "words"), [
    (0, 5, "er brukt opp"), (10, 5, "ingenting var fritt i 5 dager"), (10, 0, "rakk ikke til alle"),
])  # fmt: skip
def test_the_sentence_says_whether_the_money_is_out_was_out_or_did_not_reach(free: int, days: int, words: str) -> None:
    assert words in explain.money_lasts(rules.money_lasts(Shortage(GROUP, 2026, free, days, 1), (0, 0), CHRISTMAS))
