"""Answering and confirming: what is kept, what is told, what is refused."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from springbrett.access.policy import Denied
from springbrett.access.roles import Viewer
from springbrett.kernel.identity import age_on
from springbrett.ledger.models import Event
from springbrett.ledger.selectors import case_events
from springbrett.mapping import guide, records, rules, selectors, services
from springbrett.mapping.models import Answer, MappingVersion
from springbrett.mapping.records import CANNOT, NeedsProfile
from springbrett.people.models import Case
from tests.builders.mapping import JOSEF, confirmed_mapping, open_mapping


def test_every_field_of_the_profile_is_a_question_and_the_other_way_round() -> None:
    assert tuple(guide.QUESTIONS) == records.QUESTION_FIELDS


def test_the_kept_answers_are_what_the_answer_rows_add_up_to(caseworker: Viewer, case: Case) -> None:
    """The slow derivation is the oracle of the answers that every page reads."""
    first = confirmed_mapping(caseworker, case.id)
    services.mapping_answer(actor=caseworker, case_id=case.id, section="goals", answers={"goals": "A job"})
    services.mapping_answer(actor=caseworker, case_id=case.id, section="goals", answers={"goals": None})
    services.mapping_answer(actor=caseworker, case_id=case.id, section="motivation", answers={"motivation": 2})
    second = MappingVersion.objects.get(case=case, number=2)
    added = dict(first.answers)
    for given in Answer.objects.filter(version=second).order_by("revision"):
        added[given.question] = given.value
    assert second.answers == {question: value for question, value in added.items() if value is not None}


def test_the_ledger_is_told_of_each_step_without_a_word(caseworker: Viewer, case: Case) -> None:
    confirmed_mapping(caseworker, case.id, goals="Something nobody should read in a log", motivation=3)
    events = list(case_events(case.id).filter(step="mapping"))
    assert [e.action for e in events] == [
        "mapping.started", "mapping.answered", "mapping.answered", "mapping.confirmed",
    ]  # fmt: skip
    assert "nobody" not in str([e.facts for e in events])
    assert events[1].facts == {"version": 1, "section": "motivation", "changed": 1, "answered": 1, "unknown": 3}
    assert "job_seeker" in events[-1].facts["unknown"]


def test_saving_what_stands_already_changes_nothing(caseworker: Viewer, case: Case) -> None:
    open_mapping(caseworker, case.id, motivation=3)
    before = Event.objects.count()
    with pytest.raises(services.NothingChanged):
        services.mapping_answer(actor=caseworker, case_id=case.id, section="motivation", answers={"motivation": 3})
    assert Event.objects.count() == before


def test_an_open_version_is_confirmed_once(caseworker: Viewer, case: Case) -> None:
    with pytest.raises(services.NothingToConfirm):
        services.mapping_confirm(actor=caseworker, case_id=case.id)
    confirmed_mapping(caseworker, case.id)
    with pytest.raises(services.NothingToConfirm):
        services.mapping_confirm(actor=caseworker, case_id=case.id)
    services.mapping_start(actor=caseworker, case_id=case.id)
    with pytest.raises(services.AlreadyOpen):
        services.mapping_start(actor=caseworker, case_id=case.id)


def test_the_database_refuses_two_open_versions(caseworker: Viewer, case: Case) -> None:
    version = open_mapping(caseworker, case.id, motivation=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        MappingVersion.objects.create(
            case=case, number=2, started_at=version.started_at, started_by=caseworker.account_id
        )


def test_a_profile_is_read_by_version(caseworker: Viewer, case: Case) -> None:
    confirmed_mapping(caseworker, case.id, motivation=3)
    services.mapping_answer(actor=caseworker, case_id=case.id, section="motivation", answers={"motivation": 5})
    read = selectors.profile_for
    assert read(caseworker, case.id)[0].motivation == 5
    assert read(caseworker, case.id, 1)[0].motivation == 3
    assert read(caseworker, case.id, confirmed=True)[1].number == 1
    assert read(caseworker, case.id)[0].birth_date == case.person.birth_date
    with pytest.raises(selectors.NoMapping):
        read(caseworker, case.id, 9)


@pytest.mark.parametrize(
    ("section", "answers", "problem"),
    [
        ("goals", {"motivation": 3}, "other_section"),
        ("goals", {"goals": 3}, "wrong_type"),
        ("goals", {"goals": "ICD F33"}, "diagnosis"),
        ("goals", {"goals": "Ring 17059112345"}, "national_id"),
        ("goals", {"own_wish_measure": "nothing"}, "unknown_code"),
        ("motivation", {"motivation": 6}, "out_of_range"),
        ("motivation", {"motivation": True}, "wrong_type"),
        ("work", {"work_experience_years": -1}, "out_of_range"),
        ("situation", {"job_seeker": "yes"}, "wrong_type"),
        ("situation", {"needs_level_decided_on": "soon"}, "not_a_date"),
        ("abilities", {"demands_hard": {"standing": "sometimes"}}, "wrong_type"),
        ("abilities", {"demands_hard": {"flying": "can"}}, "unknown_code"),
        ("work", {"previous_measures": "aft"}, "wrong_type"),
    ],
)
def test_an_impossible_answer_is_refused_without_repeating_it(
    caseworker: Viewer, case: Case, section: str, answers: dict[str, Any], problem: str
) -> None:
    with pytest.raises(rules.InvalidAnswer) as caught:
        services.mapping_answer(actor=caseworker, case_id=case.id, section=section, answers=answers)
    assert caught.value.problem == problem
    assert "17059112345" not in str(caught.value)


@pytest.mark.parametrize(
    "words",
    ["I drove the E18 to work", "Room B12, floor 3", "Phone 22 33 44 55", "CEFR B1", "40 hours in week 47",
     "A diary with 1705 entries", "Manages 5 kg, not 15"],
)  # fmt: skip
def test_ordinary_words_are_not_taken_for_diagnoses(words: str) -> None:
    assert rules.words_problem(words) == ""


def test_others_may_neither_read_nor_write(
    caseworker: Viewer, other_caseworker: Viewer, other_participant: Viewer, participant: Viewer, case: Case
) -> None:
    open_mapping(caseworker, case.id, **JOSEF)
    for viewer in (other_caseworker, other_participant):
        with pytest.raises(Denied):
            selectors.profile_for(viewer, case.id)
    for viewer in (other_caseworker, other_participant, participant):
        with pytest.raises(Denied):
            services.mapping_answer(actor=viewer, case_id=case.id, section="goals", answers={"goals": "x"})
        with pytest.raises(Denied):
            services.mapping_confirm(actor=viewer, case_id=case.id)
    assert selectors.profile_for(participant, case.id)[0].cefr_oral == "A2"


def test_unknowns_leave_out_what_follows_from_other_answers() -> None:
    never_worked = NeedsProfile(work_experience_years=0, education_level="primary")
    asked = {unknown.question for unknown in rules.unknowns(never_worked)}
    assert not asked & {"last_worked_years_ago", "work_experience_norway_years", "education_recognised"}
    assert "job_seeker" in asked


def test_abilities_are_grouped_by_how_they_are_managed() -> None:
    profile = NeedsProfile(demands_hard={"standing": CANNOT, "driving": "can"})
    assert profile.managed_as(CANNOT) == ("standing",)


def test_occupations_are_found_by_name_in_any_language_and_by_number() -> None:
    by_number = selectors.occupations_matching("5311", "nb")
    assert by_number
    assert selectors.occupations_matching("", "nb") == ()
    assert selectors.occupations_matching("zzzz", "nb") == ()


def test_the_age_of_the_profile_is_the_age_of_the_kernel() -> None:
    born = date(2008, 2, 29)
    profile = NeedsProfile(birth_date=born)
    for day in (date(2024, 2, 28), date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1)):
        assert profile.age_on(day) == age_on(born, day)
    assert profile.age_on(date(2008, 2, 28)) is None
    assert NeedsProfile().age_on(date(2025, 3, 1)) is None
