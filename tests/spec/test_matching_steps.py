"""The match as a decision: what it takes, what it refuses, what it keeps, and what the ledger is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.employers.models import Opening
from springbrett.employers.records import Refused
from springbrett.employers.services import cooperation_stop
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from springbrett.matching import explain, selectors, services
from springbrett.matching.models import Match
from springbrett.matching.services import MatchRefused
from springbrett.people.models import Case
from tests import build
from tests.build import SYSTEM
from tests.builders.choice import decided
from tests.builders.employers import make_employer_viewer, make_opening, make_workplace, tell_stay
from tests.builders.mapping import confirmed_mapping
from tests.builders.matching import matched

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(caseworker: Viewer) -> Case:
    case = build.make_case(caseworker, build.make_person(home_place="oslo"))
    confirmed_mapping(caseworker, case.id, needs_level="situasjonsbestemt_innsats", wishes_occupations=["5223"],
                      demands_hard={"stairs": "cannot"}, licences=[])  # fmt: skip
    decided(caseworker, case.id, chain="work_experience")
    return case


def _choose(actor: Viewer, case: Case, opening: Opening, **said: Any) -> Match:
    return services.match_choose(
        actor=actor, case_id=case.id, opening_id=opening.id, **{"reason": "Passer ønsket.", **said}
    )


def test_a_match_needs_a_choice_a_reason_and_an_opening(caseworker: Viewer, case: Case, ready: Case) -> None:
    opening = make_opening()
    confirmed_mapping(caseworker, case.id)
    with pytest.raises(MatchRefused, match="no_choice"):
        _choose(caseworker, case, opening)
    with pytest.raises(MatchRefused, match="no_reason"):
        _choose(caseworker, ready, opening, reason="  ")
    with pytest.raises(MatchRefused, match="no_place"):
        services.match_choose(actor=caseworker, case_id=ready.id, opening_id=ready.id, reason="Passer")
    assert not Match.objects.exists()


@pytest.mark.parametrize("why", ["demand", "cooperation", "closed"])
def test_a_stop_cannot_be_set_aside(why: str, caseworker: Viewer, ready: Case) -> None:
    said: dict[str, Any] = {"demands": ["stairs"]} if why == "demand" else {}
    if why == "closed":
        said = {"open_from": clock.today() - timedelta(days=9), "open_to": clock.today() - timedelta(days=1)}
    opening = make_opening(**said)
    if why == "cooperation":
        cooperation_stop(actor=SYSTEM, employer_id=opening.workplace.employer_id, reason="poor_followup")
    with pytest.raises(MatchRefused) as refused:
        _choose(caseworker, ready, opening, overridden=("demand_cannot", "employer_stopped", "opening_not_open"),
                override_reason="parties_agree")  # fmt: skip
    assert refused.value.problem == "stopped"
    assert len(refused.value.keys) == 1


def test_a_warning_is_set_aside_by_name_and_with_a_coded_reason(caseworker: Viewer, ready: Case) -> None:
    opening = make_opening(licence="C")
    with pytest.raises(MatchRefused, match="not_overridden: licence_missing"):
        _choose(caseworker, ready, opening)
    with pytest.raises(MatchRefused, match="unknown_code"):
        _choose(caseworker, ready, opening, overridden=("licence_missing",), override_reason="because")
    match = _choose(caseworker, ready, opening, overridden=("licence_missing",), override_reason="parties_agree")
    assert (match.overridden, match.override_reason) == (["licence_missing"], "parties_agree")


def test_a_warning_that_is_not_there_leaves_no_trace(caseworker: Viewer, ready: Case) -> None:
    match = _choose(caseworker, ready, make_opening(), overridden=("licence_missing",), override_reason="parties_agree")
    assert (match.overridden, match.override_reason) == ([], "")


def test_the_newest_match_counts_and_the_old_one_stays(caseworker: Viewer, ready: Case) -> None:
    first, second = make_opening(), make_opening()
    matched(caseworker, ready, first)
    matched(caseworker, ready, second)
    newest = selectors.match_for(caseworker, ready.id)
    assert newest is not None
    assert (newest.opening, newest.number) == (second, 2)
    assert [match.number for match, _ in selectors.matches_for(caseworker, ready.id)] == [2, 1]
    with pytest.raises(MatchRefused, match="changed_meanwhile"):
        _choose(caseworker, ready, first, seen=1)


def test_the_list_that_was_shown_is_kept_with_the_choice(caseworker: Viewer, ready: Case) -> None:
    wished, other = make_opening(title="Butikk"), make_opening(title="Renhold", occupation="9112")
    stopped = make_opening(title="Trapper", demands=["stairs"])
    match = matched(caseworker, ready, other)
    kept = match.snapshot
    assert [row["title"] for row in kept["shown"]] == ["Butikk", "Renhold", "Trapper"]
    assert (kept["place"], kept["weighed"], kept["stopped"]) == (2, 3, 1)
    assert kept["shown"][2]["stops"] == ["demand_cannot"]
    assert kept["shown"][0]["opening"] == str(wished.id) and kept["shown"][2]["opening"] == str(stopped.id)
    assert kept["profile_version"] == 1 and kept["chain"] == "work_experience"


def test_the_ledger_is_told_of_the_match_in_codes(caseworker: Viewer, ready: Case) -> None:
    opening = make_opening()
    match = matched(caseworker, ready, opening, reason="Ord om Ola")
    event = Event.objects.get(action="matching.chosen")
    assert (event.step, event.case_id, event.person_id) == ("matching", ready.id, ready.person_id)
    assert (event.employer_id, event.object_id) == (opening.workplace.employer_id, match.id)
    assert event.facts["opening"] == str(opening.id)
    assert "Ola" not in str(event.facts)


def test_a_first_contact_tells_who_took_the_step(caseworker: Viewer, ready: Case) -> None:
    opening = make_opening()
    services.contact_record(actor=caseworker, case_id=ready.id, on=clock.today(), by="person", result="interested",
                            note="Ringte selv", opening_id=opening.id)  # fmt: skip
    event = Event.objects.get(action="matching.contacted")
    assert event.facts["by"] == "person"
    assert "Ringte" not in str(event.facts)
    assert [told.workplace for told in selectors.contacts_for(caseworker, ready.id)] == [opening.workplace]


@pytest.mark.parametrize(
    ("said", "problem"),
    [({"by": "nobody"}, "unknown_code"), ({"result": "perhaps"}, "unknown_code"),
     ({"on": clock.today() + timedelta(days=2)}, "in_the_future"), ({"opening_id": None}, "no_place")],
)  # fmt: skip
def test_a_first_contact_is_refused_what_cannot_be(
    said: dict[str, Any], problem: str, caseworker: Viewer, ready: Case
) -> None:
    facts = {"on": clock.today(), "by": "person", "result": "interested", "opening_id": make_opening().id, **said}
    with pytest.raises(MatchRefused, match=problem):
        services.contact_record(actor=caseworker, case_id=ready.id, **facts)
    assert problem in explain.PROBLEMS


def test_an_own_employers_opening_is_registered_and_chosen_in_one_step_or_not_at_all(
    caseworker: Viewer, ready: Case
) -> None:
    workplace = make_workplace()
    said: Any = {"title": "Plass", "occupation": "5223", "licence": "C"}
    with pytest.raises(MatchRefused, match="not_overridden"):
        services.match_choose_own(
            actor=caseworker, case_id=ready.id, workplace_id=workplace.id, opening=said, reason="Avtalt selv"
        )
    with pytest.raises(Refused):
        services.match_choose_own(actor=caseworker, case_id=ready.id, workplace_id=workplace.id, reason="Avtalt selv",
                                  opening={"title": "Plass", "occupation": "0000"})  # fmt: skip
    assert not Opening.objects.exists() and not Event.objects.filter(action="opening.registered").exists()
    said.pop("licence")
    match = services.match_choose_own(
        actor=caseworker, case_id=ready.id, workplace_id=workplace.id, opening=said, reason="Avtalt selv"
    )
    assert match.workplace == workplace


def test_only_the_one_who_carries_the_case_matches(
    ready: Case, other_caseworker: Viewer, market_contact: Viewer, leader: Viewer
) -> None:
    opening = make_opening()
    employer, participant = make_employer_viewer(opening.workplace.employer), build.participant_of(ready)
    for viewer in (other_caseworker, market_contact, leader, employer, participant):
        with pytest.raises(Denied):
            _choose(viewer, ready, opening)
        with pytest.raises(Denied):
            selectors.candidates_for(viewer, ready.id)
        with pytest.raises(Denied):
            services.contact_record(actor=viewer, case_id=ready.id, on=clock.today(), by="person", result="interested",
                                    opening_id=opening.id)  # fmt: skip


def test_a_place_is_taken_until_the_other_persons_stay_has_ended(caseworker: Viewer, ready: Case) -> None:
    opening, other = make_opening(), build.make_case(caseworker)
    matched(caseworker, other, opening)
    ranking = selectors.candidates_for(caseworker, ready.id)
    assert [warning.rule for warning in ranking.open[0].warnings] == ["places_taken"]
    tell_stay(employer=opening.workplace.employer, case_id=other.id, person_id=other.person_id, reason="planned_end")
    assert not selectors.candidates_for(caseworker, ready.id).open[0].warnings


def test_a_place_is_free_again_when_the_other_case_chooses_elsewhere(caseworker: Viewer, ready: Case) -> None:
    opening, elsewhere, other = make_opening(), make_opening(), build.make_case(caseworker)
    matched(caseworker, other, opening)
    matched(caseworker, other, elsewhere)
    warned = {c.opening.id: c.warnings for c in selectors.candidates_for(caseworker, ready.id).all}
    assert not warned[opening.id] and warned[elsewhere.id]


def test_the_persons_own_earlier_stay_and_others_are_read_from_the_ledger(caseworker: Viewer, ready: Case) -> None:
    opening = make_opening()
    tell_stay(employer=opening.workplace.employer, person_id=ready.person_id, reason="no_shows")
    for _ in range(5):
        tell_stay(employer=opening.workplace.employer, reason="planned_end")
    codes = {reason.code for reason in selectors.candidates_for(caseworker, ready.id).open[0].reasons}
    assert {"own_stay_broke_off", "history_no_hires"} <= codes


def test_an_employer_the_person_wishes_for_is_weighed_however_far_away(caseworker: Viewer) -> None:
    case = build.make_case(caseworker, build.make_person(home_place="oslo"))
    far = make_opening(make_workplace(place="tromso"))
    make_opening(make_workplace(place="bergen"))
    confirmed_mapping(caseworker, case.id, wish_employer=far.workplace.employer.name)
    ranking = selectors.candidates_for(caseworker, case.id)
    assert [candidate.opening.id for candidate in ranking.all] == [far.id]
    assert ranking.beyond == 1
    assert len(selectors.candidates_for(caseworker, case.id, everywhere=True).all) == 2


def test_the_database_itself_refuses_a_match_without_a_reason_or_with_the_same_number(
    caseworker: Viewer, ready: Case
) -> None:
    match = matched(caseworker, ready)
    for wrong in ({"reason": ""}, {"overridden": ["licence_missing"], "override_reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Match.objects.filter(pk=match.pk).update(**wrong)
    matched(caseworker, ready)
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.filter(pk=match.pk).update(number=2)


@pytest.mark.parametrize(("words", "problem"), [("Har F32.1.", "diagnosis"), ("01019012345", "national_id")])
def test_neither_the_reason_nor_the_note_may_hold_a_diagnosis_or_an_identity_number(
    words: str, problem: str, caseworker: Viewer, ready: Case
) -> None:
    opening = make_opening()
    with pytest.raises(MatchRefused, match=problem) as refused:
        _choose(caseworker, ready, opening, reason=words)
    assert refused.value.field == "reason"
    with pytest.raises(MatchRefused, match=problem) as refused:
        services.contact_record(actor=caseworker, case_id=ready.id, on=clock.today(), by="caseworker",
                                result="interested", note=words, opening_id=opening.id)  # fmt: skip
    assert refused.value.field == "note"
    assert words not in str(refused.value)
    assert not Match.objects.exists()
