"""What the register promises: what it refuses, what it tells the ledger, and how a record is read from it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from springbrett.access.policy import Denied
from springbrett.access.roles import Role, Viewer
from springbrett.employers import rules, selectors, services
from springbrett.employers.explain import FACTS, REFUSALS, SENTENCES
from springbrett.employers.models import Opening
from springbrett.employers.records import EmployerHistory, Refused
from springbrett.kernel import clock
from springbrett.kernel.verdict import Severity
from springbrett.ledger.models import Event
from springbrett.people.models import Case
from tests import build
from tests.build import SYSTEM
from tests.builders.employers import (
    make_contact,
    make_employer,
    make_employer_viewer,
    make_opening,
    make_workplace,
    tell_stay,
)

pytestmark = pytest.mark.django_db
LIMITS = rules.SignLimits(24, 5, 2, 2, 25)


@pytest.mark.parametrize(
    ("said", "field", "why"),
    [
        ({"occupation": "9999"}, "occupation", "unknown_code"),
        ({"demands": ["standing", "diagnosis"]}, "demands", "unknown_code"),
        ({"adaptations": ["nothing"]}, "adaptations", "unknown_code"),
        ({"language_min": "Z9"}, "language_min", "unknown_code"),
        ({"licence": "rocket"}, "licence", "unknown_code"),
        ({"days": ["someday"]}, "days", "unknown_code"),
        ({"title": "  "}, "title", "empty"),
        ({"occupation": ""}, "occupation", "empty"),
        ({"hours_min": Decimal(30), "hours_max": Decimal(20)}, "hours_max", "less_than_lowest"),
        ({"hours_min": Decimal(0)}, "hours_min", "out_of_range"),
        ({"hours_max": Decimal(169)}, "hours_max", "out_of_range"),
        ({"places": 0}, "places", "out_of_range"),
        ({"followup_capacity": 4}, "followup_capacity", "out_of_range"),
        ({"open_from": date(2026, 5, 2), "open_to": date(2026, 5, 1)}, "open_to", "before_start"),
    ],
)
def test_an_opening_is_refused_what_cannot_be(said: dict[str, Any], field: str, why: str) -> None:
    workplace = make_workplace()
    with pytest.raises(Refused) as refused:
        make_opening(workplace, **said)
    assert (refused.value.field, refused.value.why) == (field, why)
    assert why in REFUSALS
    assert not Opening.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"places": 0}, {"hours_min": -1}, {"hours_max": 200}, {"followup_capacity": 9}, {"open_to": date(1999, 1, 1)},
     {"hours_min": 30, "hours_max": 20}],
)  # fmt: skip
def test_the_database_itself_refuses_an_impossible_opening(wrong: dict[str, Any]) -> None:
    opening = make_opening()
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.filter(pk=opening.pk).update(**wrong)


def test_an_employer_is_registered_once_and_with_a_real_number() -> None:
    employer = make_employer()
    said = {"actor": SYSTEM, "name": "Dobbelt AS", "industry": "retail"}
    with pytest.raises(Refused, match="already_registered"):
        services.employer_register(organisation_number=employer.organisation_number, **said)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="not_a_number"):
        services.employer_register(organisation_number="123456789", **said)  # type: ignore[arg-type]


def test_a_contact_person_logs_in_only_for_their_own_employer() -> None:
    workplace, other = make_workplace(), make_workplace()
    account = make_employer_viewer(workplace.employer)
    assert make_contact(workplace, account.account_id).account_id == account.account_id
    with pytest.raises(Refused, match="of_another_employer"):
        make_contact(other, account.account_id)


@pytest.mark.parametrize("role", [Role.EMPLOYER, Role.PARTICIPANT, Role.ANALYST, Role.PROVIDER, Role.ADMINISTRATOR])
def test_only_the_office_writes_in_the_register(role: Role, case: Case) -> None:
    employer = make_employer()
    extra = {"employer_id": employer.id} if role is Role.EMPLOYER else {}
    extra |= {"person_id": case.person_id} if role is Role.PARTICIPANT else {}
    viewer = build.make_viewer(role, **extra)
    before = Event.objects.count()
    with pytest.raises(Denied):
        services.workplace_add(actor=viewer, employer_id=employer.id, name="Ny", place="oslo")
    with pytest.raises(Denied):
        services.cooperation_stop(actor=viewer, employer_id=employer.id, reason="no_hires")
    assert Event.objects.count() == before


def test_every_step_is_told_to_the_ledger_without_words(market_contact: Viewer) -> None:
    employer = make_employer(actor=market_contact)
    workplace = services.workplace_add(actor=market_contact, employer_id=employer.id, name="Torget", place="bergen")
    services.contact_add(actor=market_contact, workplace_id=workplace.id, name="Liv Leder")
    services.employer_note(actor=market_contact, employer_id=employer.id, on=clock.today(), kind="message", text="Hei")
    opening = services.opening_register(
        actor=market_contact, workplace_id=workplace.id, title="Plass", occupation="5223"
    )
    services.opening_change(actor=market_contact, opening_id=opening.id, mentor_available=True)
    services.opening_close(actor=market_contact, opening_id=opening.id)
    services.cooperation_stop(actor=market_contact, employer_id=employer.id, reason="no_hires", note="Ord")
    services.cooperation_resume(actor=market_contact, employer_id=employer.id)
    told = list(Event.objects.filter(employer_id=employer.id).order_by("id"))
    assert [event.action for event in told] == [
        "employer.registered", "employer.workplace_added", "employer.contact_added", "employer.noted",
        "opening.registered", "opening.changed", "opening.closed", "employer.cooperation_stopped",
        "employer.cooperation_resumed",
    ]  # fmt: skip
    assert all(event.actor_account_id == market_contact.account_id for event in told)
    assert "Hei" not in str([event.facts for event in told])


def test_a_stop_lasts_from_its_first_to_its_last_day() -> None:
    employer, today = make_employer(), clock.today()
    services.cooperation_stop(
        actor=SYSTEM, employer_id=employer.id, reason="employer_wish", to_on=today + timedelta(days=10)
    )
    assert selectors.stops_on([employer.id], today)
    assert selectors.stops_on([employer.id], today + timedelta(days=10))
    assert not selectors.stops_on([employer.id], today + timedelta(days=11))
    with pytest.raises(Refused, match="already_stopped"):
        services.cooperation_stop(actor=SYSTEM, employer_id=employer.id, reason="no_hires")


def test_openings_stand_open_on_their_first_and_last_day() -> None:
    first, last = clock.today(), clock.today() + timedelta(days=5)
    opening = make_opening(open_from=first, open_to=last)
    for day, stands in ((first, True), (last, True), (first - timedelta(1), False), (last + timedelta(1), False)):
        assert (opening in selectors.openings_on(day, SYSTEM)) is stands


def test_an_employers_record_counts_what_the_ledger_tells(caseworker: Viewer) -> None:
    employer, start = make_employer(), date(2026, 1, 10)
    tell_stay(employer=employer, start=start, end=date(2026, 4, 9))
    tell_stay(employer=employer, reason="purpose_reached", outcomes=("job_same_employer",), end=date(2099, 1, 1),
              main_purpose="job_in_company")  # fmt: skip
    tell_stay(employer=employer, reason="by_employer", extensions=2, end=date(2099, 1, 1))
    tell_stay(employer=employer, reason="planned_end", outcomes=("wage_subsidy",))
    tell_stay(employer=make_employer(), reason="no_shows")
    history = selectors.employer_history(caseworker, employer.id)
    assert (history.placements, history.running, history.finished) == (4, 1, 3)
    assert (history.hired, history.wage_subsidy, history.extensions, history.job_aim) == (1, 1, 2, 1)
    assert dict(history.early_ends) == {"purpose_reached": 1, "by_employer": 1}
    assert (history.first_start, history.last_start) == (start, start)


def test_an_employer_without_events_has_an_empty_record(caseworker: Viewer) -> None:
    history = selectors.employer_history(caseworker, make_employer().id)
    assert history.placements == 0
    assert [sign.stops or sign.warns for sign in history.signs] == [False] * 4


def test_an_employer_contact_may_not_read_the_record() -> None:
    employer = make_employer()
    with pytest.raises(Denied):
        selectors.employer_history(make_employer_viewer(employer), employer.id)
    with pytest.raises(Denied):
        selectors.notes_for(make_employer_viewer(employer), employer.id)


def _record(employer: Any, staff: int | None = None) -> EmployerHistory:
    stays = selectors.stays_of([employer.id])[employer.id]
    return rules.history(stays, on=clock.today(), signs=LIMITS, staff=staff)


def test_many_finished_and_nobody_hired_is_worth_a_look_and_few_is_not_enough_to_say() -> None:
    employer = make_employer()
    for _ in range(4):
        tell_stay(employer=employer, reason="planned_end")
    assert _record(employer).signs[0].unknown
    tell_stay(employer=employer, reason="planned_end")
    sign = _record(employer).signs[0]
    assert not sign.met and not sign.unknown
    assert sign.fact("finished_stays") == 5
    tell_stay(employer=employer, reason="planned_end", outcomes=("job_same_employer",))
    assert _record(employer).signs[0].met


def test_a_stay_extended_again_and_again_is_worth_a_look() -> None:
    employer = make_employer()
    tell_stay(employer=employer, extensions=1)
    assert _record(employer).signs[1].met
    tell_stay(employer=employer, extensions=2)
    assert not _record(employer).signs[1].met


def test_extensions_for_a_post_that_does_not_come_are_worth_a_look() -> None:
    employer = make_employer()
    tell_stay(employer=employer, extensions=2, extension_reason="position_coming")
    assert not _record(employer).signs[2].met
    tell_stay(employer=employer, reason="purpose_reached", outcomes=("job_same_employer",))
    assert _record(employer).signs[2].met


def test_many_placed_beside_few_staff_is_worth_a_look_and_unknown_staff_stays_unknown() -> None:
    employer = make_employer()
    tell_stay(employer=employer)
    assert _record(employer).signs[3].unknown
    assert _record(employer, staff=4).signs[3].met
    assert not _record(employer, staff=3).signs[3].met


def test_signs_inform_and_never_stop_and_each_has_its_sentence() -> None:
    employer = make_employer()
    for _ in range(6):
        tell_stay(employer=employer, reason="planned_end", extensions=2, extension_reason="position_coming")
    for sign in _record(employer, staff=1).signs:
        assert sign.severity is Severity.INFO
        assert SENTENCES[sign.rule](sign)
        assert all(fact.name in FACTS for fact in sign.facts)
