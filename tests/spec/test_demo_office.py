"""The demonstration office: made through the services, placed in time around today, and all of it made up."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from springbrett import flow
from springbrett.access.models import Account
from springbrett.access.roles import Role, Viewer
from springbrett.access.selectors import viewer_by_id
from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import approval_state, in_force
from springbrett.demo.cast.employers import EMPLOYER, EMPLOYERS, OPENINGS
from springbrett.demo.cast.people import PERSON, PERSONS, STAFF_BY_KEY, THE_SIX
from springbrett.demo.office import fill
from springbrett.demo.stories.script import day, possible, stories
from springbrett.employers.models import Employer, EmployerContact, Opening
from springbrett.employers.selectors import employer_history
from springbrett.evaluation.vignettes.summary import summarise
from springbrett.followup.models import Feedback
from springbrett.followup.records import State
from springbrett.followup.selectors import due_for
from springbrett.funding.models import Request
from springbrett.funding.records import RequestState
from springbrett.funding.selectors import claims_for, grants_for, lines_of, request_of, requests_for
from springbrett.kernel import clock
from springbrett.kernel.identity import NationalId
from springbrett.ledger.models import Event
from springbrett.mapping.models import MappingVersion
from springbrett.mapping.rules import unknowns, words_problem
from springbrett.mapping.selectors import profile_for
from springbrett.outcome.models import Outcome
from springbrett.outcome.selectors import is_over
from springbrett.people.models import Case, Person
from springbrett.people.selectors import cases_for
from springbrett.steering.money import droughts_for
from springbrett.vignettes.selectors import answers_in, invitations, rounds_of, study_of

pytestmark = pytest.mark.django_db
MADE_ON = date(2026, 11, 22)
"""A Sunday: the days must fall right whichever day the demonstration is first started."""


@pytest.fixture(scope="module", autouse=True)
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The office is made once for all the tests here, and rolled back after them."""
    with django_db_blocker.unblock(), clock.at(MADE_ON), transaction.atomic():
        fill()
        yield
        transaction.set_rollback(True)


def staff(key: str) -> Viewer:
    found = viewer_by_id(STAFF_BY_KEY[key].account_id)
    assert found is not None
    return found


def agreement_of(key: str) -> Agreement:
    return Agreement.objects.get(case_id=PERSON[key].case_id)


def test_something_is_due_today() -> None:
    due = [item for item in due_for(staff("ingrid"), clock.today()) if item.due_on == clock.today()]
    assert [(item.person_name, str(item.kind)) for item in due] == [("Linh Tran", "contact")]


def test_a_report_and_a_contact_are_overdue_at_the_grocery() -> None:
    mats = [item for item in due_for(staff("ingrid"), clock.today()) if item.case_id == PERSON["mats"].case_id]
    assert {str(item.kind) for item in mats if item.state is State.OVERDUE} == {"report", "contact"}


def test_placements_end_within_thirty_days() -> None:
    soon = clock.today() + timedelta(days=30)
    ends = {
        row.agreement.case.person.name for row in in_force(staff("ingrid"), clock.today()) if row.period.last <= soon
    }
    assert "Amina Warsame" in ends


def test_an_ended_placement_waits_for_its_outcome() -> None:
    waiting = [a.case_id for a in Agreement.objects.filter(outcomes=None, attached_to=None) if is_over(a)]
    assert waiting == [PERSON["hodan"].case_id]


def test_later_status_after_six_months_is_due_today() -> None:
    agreement = agreement_of("helene")
    assert agreement.ended_on == day("-6m", clock.today())


def test_the_warehouse_shows_signs_of_misuse_and_the_hotel_none() -> None:
    def signs(key: str) -> set[str]:
        history = employer_history(staff("randi"), EMPLOYER[key].employer_id)
        return {sign.rule for sign in history.signs if not sign.met and not sign.unknown}

    assert {"some_are_hired", "seldom_extended_twice", "vacancies_come"} <= signs("reolhus")
    assert signs("fjordglott") == set()


def test_the_six_stand_at_the_start_of_the_path() -> None:
    for person in THE_SIX:
        assert {event.step for event in Event.objects.filter(case_id=person.case_id)} == {"", "mapping"}
    confirmed = MappingVersion.objects.filter(case_id__in=[p.case_id for p in THE_SIX], confirmed_at__isnull=False)
    assert 0 < confirmed.count() < len(THE_SIX)


def test_what_the_six_have_not_been_asked_is_still_unknown() -> None:
    for person in THE_SIX:
        profile, _version = profile_for(staff("ingrid"), person.case_id)
        assert len(unknowns(profile)) >= 5


@pytest.mark.parametrize(("key", "age"), [("atle", 24), ("anita", 19), ("josef", 35), ("marja", 42), ("kenneth", 50),
                                          ("silje", 33)])  # fmt: skip
def test_the_six_have_the_age_they_were_given(key: str, age: int) -> None:
    born = Person.objects.get(pk=PERSON[key].person_id).birth_date
    assert (clock.today() - born).days // 365.25 == age


def test_agreements_stand_where_the_stories_left_them() -> None:
    waiting = {key: approval_state(agreement_of(key)).waiting_for for key in ("jonas", "kjersti", "wenche", "tommy")}
    assert waiting == {
        "jonas": ("employer", "caseworker"),
        "kjersti": ("caseworker",),
        "wenche": ("participant", "employer", "caseworker"),
        "tommy": (),
    }
    assert approval_state(agreement_of("wenche")).of("employer").cleared_by == ("hours",)


def test_a_waiting_placement_says_so() -> None:
    assert [a.case_id for a in Agreement.objects.exclude(waiting_for="")] == [PERSON["bente"].case_id]


def test_private_feedback_is_there_to_be_read() -> None:
    recent = Feedback.objects.filter(audience="nav", on__gte=clock.today() - timedelta(days=7))
    assert {feedback.agreement.case_id for feedback in recent} == {PERSON["linh"].case_id}


def test_outcomes_are_judged_against_their_own_chain() -> None:
    judged = {o.agreement.case_id: o.judgement for o in Outcome.objects.select_related("agreement")}
    assert judged[PERSON["farid"].case_id] == "on_chain"  # found unsuitable is an answer too
    assert judged[PERSON["roy"].case_id] == "off_chain"
    with_chain = Outcome.objects.exclude(agreement__chain="").values_list("judgement", flat=True)
    assert set(with_chain) == {"on_chain", "branch", "off_chain"}
    assert set(judged.values()) - set(with_chain) == {"unknown"}  # a measure without chains promises none


def test_every_number_is_synthetic_and_every_address_impossible() -> None:
    assert {NationalId.parse(number).kind for number in Person.objects.values_list("national_id", flat=True)} == {
        "synthetic"
    }
    assert all(number.startswith("3") for number in Employer.objects.values_list("organisation_number", flat=True))
    reached = [*Person.objects.values_list("phone", "email"), *EmployerContact.objects.values_list("phone", "email")]
    assert all(phone.startswith("0") and mail.endswith(".test") for phone, mail in reached)


def test_no_words_hold_a_diagnosis_or_a_number() -> None:
    words = [
        text
        for story in stories()
        for then in story.then
        for text in (getattr(then, "text", ""), getattr(then, "agreed", ""))
    ]
    assert not [text for text in words if text and words_problem(text)]


def test_the_ledger_tells_it_in_the_order_it_happened_with_every_kind_of_event() -> None:
    told = list(Event.objects.order_by("id").values_list("occurred_at", flat=True))
    assert told == sorted(told)
    assert told[-1] <= clock.now()
    happened = set(Event.objects.values_list("action", flat=True))
    path = {event for step in flow.STEPS if step.code != "evaluation" for event in step.events}
    assert path - happened == {
        "agreement.approval_withdrawn",
        "agreement.discarded",
        "followup.plan_adjusted",
        "outcome.corrected",
        "support.approval_withdrawn",
        "support.changed",
        "support.discarded",
    }
    assert set(flow.AROUND_THE_PATH["funding"]) <= happened


def request(key: str) -> RequestState:
    agreement = Agreement.objects.filter(case__person_id=PERSON[key].person_id, attached_to=None).latest("created_at")
    return request_of(agreement.id)


def test_a_request_waits_for_the_budget_approver_and_one_was_refused_for_lack_of_money() -> None:
    assert request("petter").waiting
    assert [asked.id for asked in requests_for(staff("hanne"))] == [request("petter").request_id]
    assert (str(request("solveig").state), request("solveig").reason_code) == ("refused", "no_budget")


def test_a_new_wage_took_the_first_request_back_and_the_parties_approved_anew() -> None:
    assert request("petter").asked_on == day("-13d", clock.today(), workday=True)
    case = Case.objects.filter(person_id=PERSON["petter"].person_id).latest("opened_on")
    assert Event.objects.filter(case_id=case.id, action="funding.withdrawn").count() == 1
    assert approval_state(Agreement.objects.get(case=case)).waiting_for == ("caseworker",)


def test_a_running_subsidy_is_claimed_month_by_month_and_steps_down_ahead() -> None:
    granted = Request.objects.get(pk=request("yasmin").request_id)
    claimed = [line.claim for line in lines_of(granted) if line.claim]  # type: ignore[attr-defined]
    assert len(claimed) >= 3 and all(claim.paid_on for claim in claimed[:-1])
    assert [claim.commitment.request_id for claim in claims_for(staff("hanne"))] == [granted.id]
    percents = {(piece.period.start > clock.today(), piece.percent) for piece in granted.amounts.months}
    assert (False, Decimal(40)) in percents and (True, Decimal(30)) in percents


def test_the_money_ran_out_in_autumn_and_placements_were_prolonged_meanwhile() -> None:
    (seen,) = droughts_for(staff("randi"), clock.today().year, clock.today())
    assert (seen.line, seen.refused, seen.waiting) == ("wage_subsidies", 1, 1)
    assert (seen.extended_waiting, seen.extended_meanwhile) == (2, 2)
    assert seen.free is not None and seen.free < 0 and seen.out_since is not None


def test_every_measure_with_money_is_running_somewhere() -> None:
    running = {row.agreement.measure for key in ("ingrid", "per", "torarne", "nina")
               for row in in_force(staff(key), clock.today())}  # fmt: skip
    assert running >= {"midlertidig_lonnstilskudd", "varig_lonnstilskudd", "firearig_lonnstilskudd", "vtao"}
    beside = dict(Agreement.objects.exclude(attached_to=None).values_list("measure", "attached_to__measure"))
    assert beside == {"mentor": "arbeidstrening", "inkluderingstilskudd": "arbeidstrening"}


def test_the_lasting_subsidy_is_reviewed_every_half_year() -> None:
    held = agreement_of("leif").reviews.order_by("on").values_list("on", flat=True)
    assert len(held) == 2 and (held[1] - held[0]).days > 170


def test_a_placement_led_to_a_subsidy_and_the_subsidy_to_a_job() -> None:
    rows = Outcome.objects.filter(agreement__case__person_id=PERSON["ahmed"].person_id).order_by("decided_on")
    assert [(row.agreement.measure, row.outcomes[-1]) for row in rows] == [
        ("arbeidstrening", "wage_subsidy"),
        ("midlertidig_lonnstilskudd", "job_same_employer"),
    ]
    first, second = (row.agreement.case for row in rows)
    assert second.chained_from_id == first.id


def test_new_measures_are_told_of_only_once_the_law_is_there() -> None:
    told = {story.who for story in stories() if possible(story, date(2026, 9, 1))}
    assert told.isdisjoint({"martin", "gro"}) and "yasmin" in told


def test_every_role_has_something_to_do() -> None:
    assert requests_for(staff("hanne")) and claims_for(staff("hanne"))
    for key in ("ingrid", "per", "torarne", "nina"):
        assert (
            any(item.state in {State.DUE, State.OVERDUE} for item in due_for(staff(key), clock.today()))
            or key == "nina"
        )
    shop = viewer_by_id(EMPLOYER["moblia"].account_id)
    assert shop is not None
    assert any(Agreement.objects.get(pk=row.subject_id).attached_to_id for row in grants_for(shop))


def test_the_main_caseworker_has_a_portfolio_and_every_role_can_log_in() -> None:
    assert 15 <= cases_for(staff("ingrid")).count() <= 25
    assert Case.objects.count() >= len(PERSONS)
    roles = Counter(Account.objects.values_list("role", flat=True))
    wanted = {Role.CASEWORKER: 4, Role.JOB_SPECIALIST: 1, Role.MARKET_CONTACT: 1, Role.OFFICE_LEADER: 2,
              Role.BUDGET_APPROVER: 2, Role.ANALYST: 1, Role.ADMINISTRATOR: 1,
              Role.EMPLOYER: len(EMPLOYERS), Role.PARTICIPANT: len(PERSONS)}  # fmt: skip
    assert {role: roles[role] for role in wanted} == wanted
    assert roles[Role.MENTOR] >= 1
    assert Opening.objects.count() == len(OPENINGS) >= 25


def test_a_vignette_round_is_open_with_answers_to_see_and_one_adviser_left_to_ask() -> None:
    """The form can be seen from the start by one, as answered by another, and the results by the study leader."""
    leader, (row,) = staff("lars"), rounds_of(staff("lars"), "six_persons")
    assert row.round.closed_on is None
    assert (row.begun, row.finished) == (12, 11), "as many as the evaluation had answers about Atle and about Silje"
    found = summarise(study_of("six_persons"), answers_in(leader, row.round), minimum=5, draws=50)
    assert found.told
    judged = {person.code: person.asked for person in found.persons}
    shown = [share.count for asked in judged.values() for share in asked[1].shares if share.count is not None]
    assert len(shown) >= 4, "there is something to see"
    (ingrid,), (tor_arne,) = invitations(staff("ingrid")), invitations(staff("torarne"))
    assert ingrid.respondent is None
    assert tor_arne.finished
