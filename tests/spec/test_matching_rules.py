"""Each reason of matching as a sentence. Openings are weighed for a person; what is not known is never a minus."""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from springbrett.kernel.trace import from_data, to_data
from springbrett.mapping.records import NeedsProfile
from springbrett.matching import explain, rules
from springbrett.matching.records import Candidate, EmployerFacts, Reason, Sign
from tests.builders.matching import codes_of, opening_facts, weigh, world

POINTS = world().points


def _reason(candidate: Candidate, code: str) -> Reason:
    return next(reason for reason in candidate.reasons if reason.code == code)


def _weigh(profile: dict[str, Any] | None = None, opening: dict[str, Any] | None = None, **more: Any) -> Candidate:
    return weigh(NeedsProfile(**(profile or {})), opening_facts(**(opening or {})), **more)


@pytest.mark.parametrize(
    ("occupation", "code"),
    [("5223", "wish_occupation"), ("5221", "wish_occupation_near"), ("5230", "wish_occupation_related"),
     ("9112", "wish_occupation_other"), ("5131", "wish_occupation_other")],
)  # fmt: skip
def test_the_nearer_the_occupation_is_to_a_wish_the_more_it_counts(occupation: str, code: str) -> None:
    found = _weigh({"wishes_occupations": ("5223",)}, {"occupation": occupation})
    assert _reason(found, code).points == POINTS.get(code, 0)


def test_the_nearest_of_several_wishes_counts() -> None:
    found = _weigh({"wishes_occupations": ("9112", "5223")}, {"occupation": "5223"})
    assert "wish_occupation" in codes_of(found)


@pytest.mark.parametrize("wishes", [None, ()])
def test_without_a_wish_the_occupation_is_a_question_and_no_minus(wishes: Any) -> None:
    reason = _reason(_weigh({"wishes_occupations": wishes}), "wish_occupation_unknown")
    assert (reason.sign, reason.points) == (Sign.UNKNOWN, 0)


def test_a_wished_industry_and_a_wished_employer_count() -> None:
    found = _weigh(
        {"wishes_industries": ("retail",), "wish_employer": "fjord kafé"},
        {"industry": "retail", "employer_name": "Fjord Kafé Torget AS"},
    )
    assert _reason(found, "wish_industry").points == POINTS["wish_industry"]
    assert _reason(found, "wish_employer").points == POINTS["wish_employer"]
    assert not codes_of(_weigh({"wish_employer": "Fjord kafé"}, {"employer_name": "Fjell Hotell AS"})) & {
        "wish_employer"
    }


@pytest.mark.parametrize(
    ("wish", "name", "same"),
    [("Rema", "REMA 1000 Torget AS", True), ("AS", "Noe AS", False), ("", "Noe AS", False), ("kiwi", "Coop", False)],
)
def test_an_employer_is_known_by_the_words_of_its_name(wish: str, name: str, same: bool) -> None:
    assert rules.same_name(wish, name) is same


def test_a_demand_that_the_person_cannot_meet_stops() -> None:
    found = _weigh({"demands_hard": {"standing": "cannot"}}, {"demands": ("standing",)})
    assert [stop.rule for stop in found.stops] == ["demand_cannot"]


def test_a_demand_that_the_occupation_usually_has_only_warns_since_this_place_may_differ() -> None:
    found = _weigh({"demands_hard": {"standing": "cannot"}}, {"usual_demands": ("standing",)})
    assert not found.stops
    assert [warning.rule for warning in found.warnings] == ["usual_demand_cannot"]
    stated = _weigh({"demands_hard": {"standing": "cannot"}}, {"demands": ("noise",), "usual_demands": ("standing",)})
    assert not stated.warnings


def test_a_demand_met_with_adaptation_counts_when_the_place_offers_one_that_helps() -> None:
    profile = {"demands_hard": {"heavy_lifting": "with_adaptation"}}
    helped = _weigh(profile, {"demands": ("heavy_lifting",), "adaptations": ("lifting_aid",)})
    assert _reason(helped, "demand_with_adaptation").points == POINTS["demand_with_adaptation"]
    lacking = _weigh(profile, {"demands": ("heavy_lifting",), "adaptations": ("quiet_place",)})
    assert _reason(lacking, "demand_adaptation_missing").points == POINTS["demand_adaptation_missing"]
    unknown = _weigh(profile, {"demands": ("heavy_lifting",)})
    assert _reason(unknown, "demand_adaptation_not_asked").points == 0


def test_each_demand_the_person_manages_counts_and_what_is_not_talked_about_is_unknown() -> None:
    found = _weigh({"demands_hard": {"standing": "can", "noise": "can"}}, {"demands": ("standing", "noise", "stairs")})
    assert _reason(found, "demand_can").points == 2 * POINTS["demand_can"]
    assert _reason(found, "demand_not_talked_about").facts[0].value == ("stairs",)
    assert "demands_not_stated" in codes_of(_weigh({"demands_hard": {"standing": "cannot"}}))


def test_adaptations_the_person_needs_are_held_against_what_the_place_offers() -> None:
    profile = {"adaptations_needed": ("quiet_place", "extra_breaks")}
    found = _weigh(profile, {"adaptations": ("quiet_place",)})
    assert _reason(found, "adaptation_offered").points == POINTS["adaptation_offered"]
    assert _reason(found, "adaptation_not_offered").points == POINTS["adaptation_not_offered"]
    assert _reason(_weigh(profile), "adaptation_not_asked").sign is Sign.UNKNOWN


@pytest.mark.parametrize(
    ("oral", "needed", "code", "severe"),
    [("B1", "B1", "language_met", None), ("C1", "A2", "language_met", None), ("A2", "B1", "language_below", "warning"),
     ("A2", "B2", "language_far_below", "stop"), ("A1", "C2", "language_far_below", "stop"),
     (None, "B1", "language_unknown", None), ("A1", "", "language_not_stated", None)],
)  # fmt: skip
def test_norwegian_below_the_need_warns_and_far_below_stops(
    oral: str | None, needed: str, code: str, severe: str | None
) -> None:
    found = _weigh({"cefr_oral": oral}, {"language_min": needed})
    assert code in codes_of(found)
    assert bool(found.stops) is (severe == "stop")
    assert bool(found.warnings) is (severe == "warning")


def test_practice_in_speaking_counts_only_when_language_is_the_purpose() -> None:
    for said, code in ((True, "must_speak_for_language"), (False, "must_speak_missing"), (None, "must_speak_unknown")):
        assert code in codes_of(_weigh({}, {"must_speak": said}, around=world(language=True)))
        assert code not in codes_of(_weigh({}, {"must_speak": said}))


@pytest.mark.parametrize(
    ("person", "place", "code"),
    [((10, 20), (20, 37.5), "hours_fit"), ((10, 19.5), (20, 37.5), "hours_gap"), ((None, 20), (15, None), "hours_fit"),
     ((30, None), (None, 20), "hours_gap"), ((None, None), (10, 20), "hours_of_person_unknown"),
     ((10, 20), (None, None), "hours_of_opening_unknown"), ((None, 20), (None, 10), "hours_fit")],
)  # fmt: skip
def test_hours_overlap_or_warn(person: Any, place: Any, code: str) -> None:
    found = _weigh({"hours_min": person[0], "hours_max": person[1]}, {"hours_min": place[0], "hours_max": place[1]})
    assert code in codes_of(found)
    assert bool(found.warnings) is (code == "hours_gap")
    assert not found.stops


def test_the_distance_is_as_the_crow_flies() -> None:
    assert rules.distance_km(world(), "oslo", "bergen") == pytest.approx(305, abs=5)
    assert rules.distance_km(world(), "oslo", "oslo") == 0
    assert rules.distance_km(world(), "oslo", "") is None


@pytest.mark.parametrize(
    ("limit", "code"),
    [(400, "distance_within"), (250, "distance_beyond"), (100, "distance_far"), (None, "commute_limit_unknown")],
)
def test_distance_within_what_the_person_can_travel_a_little_beyond_warns_and_far_beyond_stops(
    limit: int | None, code: str
) -> None:
    found = _weigh({"commute_max_km": limit}, {"place": "bergen"})
    assert code in codes_of(found)
    assert (bool(found.warnings), bool(found.stops)) == (code == "distance_beyond", code == "distance_far")
    assert _reason(found, code).points == POINTS["distance_per_10_km"] * 30
    assert found.distance_km is not None


def test_an_unknown_place_is_a_question_and_no_minus() -> None:
    reason = _reason(_weigh({"commute_max_km": 10}, {"place": ""}), "distance_unknown")
    assert (reason.sign, reason.points) == (Sign.UNKNOWN, 0)
    assert "distance_unknown" in codes_of(_weigh({"commute_max_km": 10}, around=world(home="")))


@pytest.mark.parametrize(
    ("held", "code"), [(("C",), "licence_held"), (("B",), "licence_missing"), (None, "licence_unknown")]
)
def test_a_licence_the_work_needs_is_held_or_warns(held: Any, code: str) -> None:
    found = _weigh({"licences": held}, {"licence": "C"})
    assert code in codes_of(found)
    assert bool(found.warnings) is (code == "licence_missing")
    assert not codes_of(_weigh({"licences": held})) & {"licence_held", "licence_missing", "licence_unknown"}


@pytest.mark.parametrize(
    ("need", "capacity", "code"),
    [(2, 3, "followup_capacity_met"), (2, 2, "followup_capacity_met"), (3, 1, "followup_capacity_gap"),
     (None, 2, "followup_need_unknown"), (2, None, "followup_capacity_unknown")],
)  # fmt: skip
def test_the_place_can_follow_up_as_closely_as_the_person_needs(need: Any, capacity: Any, code: str) -> None:
    assert code in codes_of(_weigh({"followup_need": need}, {"followup_capacity": capacity}))


@pytest.mark.parametrize(
    ("has", "code"), [(True, "mentor_available"), (False, "mentor_missing"), (None, "mentor_unknown")]
)
def test_a_mentor_counts_where_the_chain_or_the_need_suggests_one(has: bool | None, code: str) -> None:
    assert code in codes_of(_weigh({}, {"mentor_available": has}, around=world(mentor=True)))
    assert code in codes_of(_weigh({"followup_need": 3}, {"mentor_available": has}))
    assert code not in codes_of(_weigh({"followup_need": 2}, {"mentor_available": has}))


def test_realistic_hiring_counts_most_when_a_job_in_the_company_is_the_purpose() -> None:
    aim = world(hiring=True)
    yes, other = _weigh({}, {"hiring_realistic": "yes"}, around=aim), _weigh({}, {"hiring_realistic": "yes"})
    assert _reason(yes, "hiring_realistic").points > _reason(other, "hiring_realistic_other_aim").points
    no = _weigh({}, {"hiring_realistic": "no"}, around=aim)
    assert [warning.rule for warning in no.warnings] == ["hiring_unrealistic"]
    assert "hiring_unknown" in codes_of(_weigh({}, {}, around=aim))


def test_no_hiring_is_no_minus_when_the_purpose_is_another() -> None:
    found = _weigh({}, {"hiring_realistic": "no"})
    assert not codes_of(found) & {"hiring_unrealistic", "hiring_unknown"}


@pytest.mark.parametrize(
    ("approved", "code"),
    [(True, "training_company"), (False, "training_company_missing"), (None, "training_company_unknown")],
)
def test_an_approved_training_company_counts_when_a_trade_certificate_is_the_purpose(
    approved: bool | None, code: str
) -> None:
    assert code in codes_of(_weigh({}, {"training_company": approved}, around=world(training=True)))
    assert code not in codes_of(_weigh({}, {"training_company": approved}))


@pytest.mark.parametrize(
    ("first", "last", "open_"),
    [(date(2026, 6, 15), None, True), (date(2026, 6, 16), None, False), (date(2026, 1, 1), date(2026, 6, 15), True),
     (date(2026, 1, 1), date(2026, 6, 14), False)],
)  # fmt: skip
def test_an_opening_can_be_chosen_from_its_first_to_its_last_day(first: date, last: date | None, open_: bool) -> None:
    found = _weigh({}, {"open_from": first, "open_to": last})
    assert [stop.rule for stop in found.stops] == ([] if open_ else ["opening_not_open"])


def test_stopped_cooperation_stops_and_says_why() -> None:
    stopped = EmployerFacts(stopped_reason="no_hires", stopped_from=date(2026, 3, 1))
    found = _weigh(employer=stopped)
    assert [stop.rule for stop in found.stops] == ["employer_stopped"]
    assert "ingen ansatt" in explain.sentence(found.stops[0])


def test_an_employer_that_has_hired_counts_and_one_that_never_does_counts_against_a_job_there() -> None:
    hired = _weigh(employer=EmployerFacts(finished=6, hired=2))
    assert _reason(hired, "history_hired").points == POINTS["history_hired"]
    never = EmployerFacts(finished=6, nobody_hired=True)
    assert _reason(_weigh(employer=never, around=world(hiring=True)), "history_no_hires").points < 0
    assert _reason(_weigh(employer=never), "history_no_hires").points == 0
    few = _weigh(employer=EmployerFacts(finished=2, nobody_hired=None))
    assert not codes_of(few) & {"history_hired", "history_no_hires"}
    assert _reason(_weigh(), "history_none").sign is Sign.UNKNOWN


def test_stays_the_employer_ended_early_count_against() -> None:
    reason = _reason(_weigh(employer=EmployerFacts(finished=5, ended_by_employer=3)), "history_ended_by_employer")
    assert reason.points == 3 * POINTS["history_ended_by_employer"]


@pytest.mark.parametrize(
    ("ends", "code"),
    [(("purpose_reached",), "own_stay_went_well"), (("no_shows",), "own_stay_broke_off"),
     (("planned_end", "by_employer"), "own_stay_broke_off"), (("",), "own_stay_before"),
     (("by_caseworker",), "own_stay_before")],
)  # fmt: skip
def test_the_persons_own_earlier_stay_counts_and_one_that_broke_off_warns(ends: tuple[str, ...], code: str) -> None:
    found = _weigh(employer=EmployerFacts(own_ends=ends))
    assert code in codes_of(found)
    assert bool(found.warnings) is (code == "own_stay_broke_off")


def test_a_place_chosen_for_somebody_else_warns() -> None:
    assert [w.rule for w in _weigh({}, {"places": 2}, taken=2).warnings] == ["places_taken"]
    assert not _weigh({}, {"places": 2}, taken=1).warnings


def test_the_score_is_the_sum_of_the_points_and_the_trace_shows_every_one() -> None:
    found = _weigh({"wishes_occupations": ("5223",), "cefr_oral": "B1", "hours_max": 20},
                   {"language_min": "B1", "hours_max": 15, "place": "drammen"})  # fmt: skip
    assert found.score == sum(reason.points for reason in found.reasons)
    assert found.trace.value == found.score
    assert sum(int(str(step.value)) for step in found.trace.children) == found.score
    assert from_data(to_data(found.trace)) == found.trace


def test_what_is_not_known_is_never_a_minus() -> None:
    """With nothing known of either side, nothing speaks against, nothing stops, and no points are taken."""
    for aim in ({}, {"hiring": True, "training": True, "language": True, "mentor": True}):
        found = weigh(NeedsProfile(), opening_facts(place=""), around=world(home="", **aim))
        assert not found.speaks_against
        assert not found.stops and not found.warnings
        assert found.score == 0


def test_health_origin_and_age_are_no_inputs() -> None:
    """Openings are weighed the same whatever the years in Norway, situation, needs level or reduced capacity."""
    inputs = {"wishes_occupations", "wishes_industries", "wish_employer", "demands_hard", "adaptations_needed",
              "cefr_oral", "hours_min", "hours_max", "commute_max_km", "licences", "followup_need"}  # fmt: skip
    plain = NeedsProfile(wishes_occupations=("5223",), cefr_oral="A2", commute_max_km=20)
    opening = opening_facts(language_min="B1", demands=("standing",), place="drammen")
    told: dict[str, Any] = {
        field.name: _anything(field.name) for field in fields(NeedsProfile) if field.name not in inputs
    }
    other = NeedsProfile(wishes_occupations=("5223",), cefr_oral="A2", commute_max_km=20, **told)
    assert weigh(plain, opening) == weigh(other, opening)


def _anything(name: str) -> Any:
    return date(1980, 1, 1) if name == "birth_date" else "something"


def test_every_reason_has_a_sentence_in_words() -> None:
    profiles = [
        {}, {"wishes_occupations": ("5223",), "wishes_industries": ("retail",), "wish_employer": "Kafé",
             "demands_hard": {"standing": "can", "noise": "with_adaptation", "stairs": "cannot"}, "cefr_oral": "A2",
             "hours_max": 20, "commute_max_km": 30, "licences": ("C",), "followup_need": 2,
             "adaptations_needed": ("quiet_place", "extra_breaks")},
        {"followup_need": 3, "hours_min": 20, "hours_max": 20, "licences": (), "cefr_oral": "C1",
         "demands_hard": {"noise": "with_adaptation", "standing": "cannot"}, "adaptations_needed": ("lifting_aid",)},
    ]  # fmt: skip
    openings = [
        {}, {"occupation": "9112", "industry": "retail", "employer_name": "Kafé AS", "demands": ("standing", "noise"),
             "adaptations": ("quiet_place",), "language_min": "B1", "hours_min": 30, "place": "drammen", "licence": "C",
             "followup_capacity": 1, "mentor_available": False, "hiring_realistic": "no", "training_company": False,
             "must_speak": False},
        {"occupation": "5221", "demands": ("stairs", "many_people", "noise"), "adaptations": ("lifting_aid",),
         "language_min": "C2", "hours_max": 25, "place": "bergen", "followup_capacity": 3, "mentor_available": True,
         "hiring_realistic": "yes", "training_company": True, "must_speak": True, "open_to": date(2026, 2, 1)},
        {"occupation": "5230", "usual_demands": ("standing",), "place": "sandvika", "licence": "B"},
        {"demands": ("noise",), "place": ""},
    ]  # fmt: skip
    employers = [EmployerFacts(), EmployerFacts(9, 3, 2, None, "no_hires", date(2026, 1, 1), ("no_shows",)),
                 EmployerFacts(9, nobody_hired=True, own_ends=("planned_end",)),
                 EmployerFacts(own_ends=("",))]  # fmt: skip
    seen: set[str] = set()
    for profile in profiles:
        for opening in openings:
            for employer in employers:
                for aim in ({}, {"hiring": True, "training": True, "language": True, "mentor": True}):
                    found = _weigh(profile, opening, employer=employer, around=world(**aim), taken=1)
                    for reason in found.reasons:
                        seen.add(reason.code)
                        assert (reason.stops, reason.warns) == (reason.verdict.stops, reason.verdict.warns)
                        said = explain.sentence(reason.verdict)
                        assert said != reason.code and "%(" not in said and "None" not in said, reason
    assert set(explain.SENTENCES) - seen <= {"distance_beyond", "licence_held"}
