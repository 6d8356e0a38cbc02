"""A round of a study: who may do what, what is kept, and what can never be tied to a name."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from springbrett.access.policy import Denied, OfficeAction, may_on_office
from springbrett.access.roles import Role, Viewer
from springbrett.evaluation.vignettes.design import balance
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from springbrett.people.models import Office
from springbrett.vignettes import library, rules
from springbrett.vignettes.errors import StudyNotFound, VignetteError
from springbrett.vignettes.models import Respondent, Round, Sheet
from springbrett.vignettes.selectors import answers_in, invitations, rounds_of, standing, study_of
from springbrett.vignettes.services import (
    answering_begin,
    answers_export,
    answers_save,
    answers_withdraw,
    round_close,
    round_open,
)
from tests.builders.vignettes import SIX, advisers, answer_for, answered, make_analyst, opened

ANSWERING = {Role.CASEWORKER, Role.JOB_SPECIALIST, Role.MARKET_CONTACT}


@pytest.fixture
def analyst(db: None) -> Viewer:
    return make_analyst()


@pytest.mark.parametrize("role", list(Role))
def test_three_roles_answer_and_one_leads(role: Role) -> None:
    viewer = Viewer(uuid4(), role, office_id=uuid4())
    assert may_on_office(viewer, OfficeAction.ANSWER_STUDY).allowed is (role in ANSWERING)
    for action in (OfficeAction.SEE_STUDY, OfficeAction.LEAD_STUDY):
        assert may_on_office(viewer, action).allowed is (role is Role.ANALYST)
    assert not may_on_office(Viewer(uuid4(), role), OfficeAction.ANSWER_STUDY).allowed


def test_nobody_but_the_leader_opens_closes_reads_or_takes_out(analyst: Viewer, caseworker: Viewer) -> None:
    round_ = opened(analyst)
    for refused in (
        lambda: round_open(actor=caseworker, study="job_specialists"),
        lambda: round_close(actor=caseworker, study=SIX),
        lambda: answers_export(actor=caseworker, study=SIX, number=1),
        lambda: answers_in(caseworker, round_),
        lambda: rounds_of(caseworker, SIX),
        lambda: answering_begin(actor=analyst, study=SIX),
        lambda: answers_save(actor=analyst, study=SIX, subject="atle", given={}),
    ):
        with pytest.raises(Denied):
            refused()


def test_one_round_is_open_at_a_time_and_they_are_numbered(analyst: Viewer, caseworker: Viewer) -> None:
    with clock.at(date(2026, 3, 1)):
        assert opened(analyst).number == 1
        with pytest.raises(VignetteError, match="already_open"):
            opened(analyst)
        round_close(actor=analyst, study=SIX)
        with pytest.raises(VignetteError, match="not_open"):
            round_close(actor=analyst, study=SIX)
        assert opened(analyst).number == 2
    first, second = Round.objects.order_by("number")
    assert (first.closed_on, second.closed_on) == (date(2026, 3, 1), None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=first.pk).update(closed_on=None)


def test_nothing_is_answered_when_no_round_is_open_or_another_role_is_meant(
    analyst: Viewer, caseworker: Viewer
) -> None:
    with pytest.raises(StudyNotFound):
        answering_begin(actor=caseworker, study=SIX)
    opened(analyst, "job_specialists")
    with pytest.raises(StudyNotFound):
        answering_begin(actor=caseworker, study="job_specialists")
    with pytest.raises(StudyNotFound):
        opened(analyst, "no_such_study")
    assert invitations(caseworker) == () and Respondent.objects.count() == 0


def test_what_was_given_before_a_round_closed_stays_and_nothing_is_added(analyst: Viewer, caseworker: Viewer) -> None:
    round_ = opened(analyst)
    answered(caseworker)
    round_close(actor=analyst, study=SIX)
    with pytest.raises(StudyNotFound):
        answers_save(actor=caseworker, study=SIX, subject="atle", given=answer_for(SIX, "atle"))
    with pytest.raises(StudyNotFound):
        answers_withdraw(actor=caseworker, study=SIX)
    assert answers_in(analyst, round_).respondents


def test_every_adviser_sees_all_six_in_an_order_of_their_own(analyst: Viewer, office: Office) -> None:
    opened(analyst)
    people = advisers(office, 8)
    orders = []
    for one in people:
        answering_begin(actor=one, study=SIX)
        orders.append(standing(one, SIX).pages)
    codes = [person.code for person in study_of(SIX).persons]
    assert {tuple(sorted(pages[:6])) for pages in orders} == {tuple(sorted(codes))} and len(set(orders)) > 4
    whole = balance([[codes.index(code) for code in pages[:6]] for pages in orders], 6)
    assert whole.spread == 0


def test_beginning_twice_is_refused_and_keeps_the_order(analyst: Viewer, caseworker: Viewer) -> None:
    opened(analyst)
    answering_begin(actor=caseworker, study=SIX)
    pages = standing(caseworker, SIX).pages
    with pytest.raises(VignetteError, match="already_begun"):
        answering_begin(actor=caseworker, study=SIX)
    assert standing(caseworker, SIX).pages == pages and Respondent.objects.count() == 1


def test_no_row_and_no_event_ties_answers_to_the_account(analyst: Viewer, caseworker: Viewer) -> None:
    opened(analyst)
    answered(caseworker)
    answers_save(actor=caseworker, study=SIX, subject="atle", given=answer_for(SIX, "atle", suitable=["later"]))
    account = caseworker.account_id
    rows = [*Respondent.objects.values(), *Sheet.objects.values()]
    assert rows and not [row for row in rows if account in row.values() or account.hex in str(row).replace("-", "")]
    told = Event.objects.filter(action__startswith="vignettes.").exclude(action="vignettes.opened")
    assert told.count() == 9 and not told.filter(actor_account_id=account).exists()
    assert {event.actor_role for event in told} == {"caseworker"}
    assert not [event for event in told if set(event.facts) & {"given", "suitable", "value"}]


def test_the_same_account_is_another_respondent_in_another_round(analyst: Viewer, caseworker: Viewer) -> None:
    opened(analyst)
    answering_begin(actor=caseworker, study=SIX)
    round_close(actor=analyst, study=SIX)
    opened(analyst)
    answering_begin(actor=caseworker, study=SIX)
    first, second = Respondent.objects.order_by("round__number")
    assert first.key != second.key and first.id != second.id


def test_a_page_is_answered_when_all_that_must_be_is_and_can_be_left_half(analyst: Viewer, caseworker: Viewer) -> None:
    opened(analyst)
    answering_begin(actor=caseworker, study=SIX)
    with pytest.raises(VignetteError, match="missing") as error:
        answers_save(actor=caseworker, study=SIX, subject="atle", given={"suitable": ["later"]})
    assert error.value.field == "needs_level"
    answers_save(actor=caseworker, study=SIX, subject="atle", given={"suitable": ["later"]}, whole=False)
    assert standing(caseworker, SIX).answered == frozenset()
    answers_save(actor=caseworker, study=SIX, subject="atle", given=answer_for(SIX, "atle"))
    assert standing(caseworker, SIX).answered == {"atle"}
    with pytest.raises(VignetteError, match="unknown_page"):
        answers_save(actor=caseworker, study=SIX, subject="nobody", given={})


@pytest.mark.parametrize(("given", "code"), [
    ({"suitable": ["perhaps"]}, "unknown_answer"), ({"suitable": ["later", "suitable"]}, "one_answer"),
    ({"purpose": ["language", "language"]}, "unknown_answer"), ({"no_such": ["1"]}, "unknown_question"),
    ({"why": ["x" * 2001]}, "too_long"), ({"why": ["12038912345"]}, "words_national_id"),
])  # fmt: skip
def test_only_what_can_be_answered_is_kept(given: dict[str, list[str]], code: str) -> None:
    found = rules.problem(study_of(SIX), "atle", given)
    assert found is not None and found[0] == code


@pytest.mark.parametrize(("value", "kept"), [("0", True), ("500", True), ("501", False), ("-1", False), ("3.5", False),
                                             ("²", False), ("", False), ("1" * 20, False)])  # fmt: skip
def test_a_number_is_whole_and_within_its_limits(value: str, kept: bool) -> None:
    assert (rules.problem(study_of(SIX), "you", {"agreements": [value]}) is None) is kept


def test_withdrawn_answers_are_gone_from_the_counts_and_from_what_is_taken_out(analyst: Viewer, office: Office) -> None:
    round_ = opened(analyst)
    stays, leaves = advisers(office, 2)
    answered(stays)
    answered(leaves)
    answers_withdraw(actor=leaves, study=SIX)
    row = rounds_of(analyst, SIX)[0]
    assert (row.begun, row.finished) == (1, 1) and len(answers_in(analyst, round_).respondents) == 1
    with pytest.raises(VignetteError, match="withdrawn"):
        answers_save(actor=leaves, study=SIX, subject="atle", given=answer_for(SIX, "atle"))
    with pytest.raises(VignetteError, match="withdrawn"):
        answers_withdraw(actor=leaves, study=SIX)


def test_answers_taken_out_are_in_an_order_that_tells_nothing_of_who_came_first(
    analyst: Viewer, office: Office
) -> None:
    round_ = opened(analyst)
    for one in advisers(office, 6):
        answered(one)
    taken = answers_in(analyst, round_)
    in_order = [row.id.hex[:12] for row in Respondent.objects.order_by("number")]
    assert list(taken.respondents) == sorted(in_order) and {row.office for row in taken.rows} == {office.number}


def test_every_shipped_study_can_be_read_and_has_a_recipe_to_try_it() -> None:
    assert sorted(library.studies()) == ["job_specialists", "six_persons"]
    assert all(library.recipe_path(code).exists() for code in library.studies())
