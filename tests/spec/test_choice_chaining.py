"""What may come before, beside and after a measure, and how much time is used: the person's time, not the place's."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest
from django.utils import translation

from springbrett import catalogue
from springbrett.catalogue.limits import AttachesTo, Combination, Duration, LastDay, RequiresFirst, Season, Validity
from springbrett.catalogue.measures import Measure, Related
from springbrett.catalogue.structs import Text
from springbrett.choice import chaining, durations, explain, rules
from springbrett.choice.records import Stay
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Severity, Verdict
from springbrett.mapping.records import NeedsProfile

ON = date(2026, 11, 2)
AT, MIDLERTIDIG, VARIG = "arbeidstrening", "midlertidig_lonnstilskudd", "varig_lonnstilskudd"
REDUCED = {"reduced_work_capacity": True}
WORDS = Text(nb="Først noe annet.", nn="Først noko anna.", en="Something else first.")


def stay(measure: str, start: date, end: date | None, employer: str = "", outcome: str = "") -> Stay:
    return Stay(measure, Period(start, end), employer, outcome)


def at(code: str) -> Measure:
    return catalogue.load().measure(code)


def changed(code: str, **values: object) -> Measure:
    """A measure of the catalogue with some values put in the place of its own, to ask about one rule at a time."""
    return msgspec.structs.replace(at(code), **values)


def dated(**values: object) -> dict[str, object]:
    return {"from_": date(2016, 1, 1), "ref": "house", "source": "house", **values}


# ---- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 3-5")
def test_3_5_time_is_summed_across_employers() -> None:
    had = (stay(AT, date(2025, 1, 1), date(2025, 6, 30), "a"), stay(AT, date(2025, 9, 1), date(2026, 1, 31), "b"))
    left = chaining.time_open(at(AT), had, REDUCED, ON)
    assert left is not None
    assert (left.used, left.certain) == (Length(11), Length(7))


@pytest.mark.rule("tiltaksforskriften § 3-5")
def test_3_5_days_in_two_places_at_the_same_time_count_once() -> None:
    had = (stay(AT, date(2026, 1, 1), date(2026, 3, 31), "a"), stay(AT, date(2026, 3, 1), date(2026, 4, 30), "b"))
    assert chaining.time_in(at(AT), had, ON) == Length(4)


def test_time_in_a_measure_that_counts_together_is_summed_and_other_time_is_not() -> None:
    duration = Duration(**dated(months=12, cumulative=True, cumulative_with=("avklaring",)))  # type: ignore[arg-type]
    measure = changed(AT, durations=(duration,))
    had = (
        stay("avklaring", date(2026, 1, 1), date(2026, 1, 31)),
        stay(AT, date(2026, 2, 1), date(2026, 3, 31)),
        stay("aft", date(2026, 4, 1), date(2026, 9, 30)),
    )
    assert chaining.time_in(measure, had, ON) == Length(3)
    assert chaining.time_in(at(AT), had, ON) == Length(2)


def test_a_stay_that_no_end_is_agreed_for_counts_up_to_the_day() -> None:
    had = (stay(AT, date(2026, 9, 3), None),)
    assert chaining.time_in(at(AT), had, ON) == Length(2)


@pytest.mark.parametrize(
    ("used_days", "last"), [(0, date(2026, 6, 28)), (27, date(2026, 6, 1)), (28, None), (29, None)]
)
def test_a_limit_in_weeks_is_counted_in_days(used_days: int, last: date | None) -> None:
    duration = Duration(**dated(weeks=4, cumulative=True))  # type: ignore[arg-type]
    measure = changed("sommerjobb", durations=(duration,))
    used = (
        (Period(date(2025, 7, 1), date.fromordinal(date(2025, 7, 1).toordinal() + used_days - 1)),) if used_days else ()
    )
    found = durations.latest_end(measure, date(2026, 6, 1), used, {})
    left = durations.time_left(measure, date(2026, 6, 1), used, {})
    assert found is not None and left is not None
    assert found.certain == last
    assert left.certain == Length(0, max(0, 28 - used_days))


def test_days_used_later_in_the_same_weeks_are_not_counted_twice() -> None:
    duration = Duration(**dated(weeks=4, cumulative=True))  # type: ignore[arg-type]
    measure = changed("sommerjobb", durations=(duration,))
    used = (Period(date(2026, 6, 10), date(2026, 6, 12)),)
    found = durations.latest_end(measure, date(2026, 6, 1), used, {})
    assert found is not None and found.certain == date(2026, 6, 28)


# ---- what must come first --------------------------------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 10-4")
def test_10_4_varig_lonnstilskudd_is_met_when_a_measure_that_ends_has_been_tried() -> None:
    had = (stay(MIDLERTIDIG, date(2024, 1, 1), date(2024, 12, 31)),)
    verdict = chaining.requires_first(at(VARIG), had, {}, ON)
    assert verdict is not None
    assert verdict.met and verdict.fact("tried") == (MIDLERTIDIG,)
    assert str(verdict.ref) == "tiltaksforskriften § 10-4"


@pytest.mark.rule("tiltaksforskriften § 10-4")
@pytest.mark.parametrize(
    ("considered", "answer"), [(None, Answer.UNKNOWN), (True, Answer.MET), (False, Answer.NOT_MET)]
)
def test_10_4_when_nothing_is_tried_it_is_enough_that_others_are_considered(
    considered: bool | None, answer: Answer
) -> None:
    facts = {} if considered is None else {"other_measures_considered": considered}
    verdict = chaining.requires_first(at(VARIG), (), facts, ON)
    assert verdict is not None
    assert verdict.answer is answer
    assert verdict.would_change == ("other_measures_considered",)


@pytest.mark.rule("tiltaksforskriften § 10-4")
def test_10_4_a_stay_that_begins_the_same_day_or_in_the_measure_itself_is_not_tried_before() -> None:
    for had in ((stay(AT, ON, date(2026, 12, 1)),), (stay(VARIG, date(2020, 1, 1), date(2021, 1, 1)),)):
        verdict = chaining.requires_first(at(VARIG), had, {}, ON)
        assert verdict is not None and verdict.unknown


def test_what_the_mapping_tells_of_earlier_measures_counts_as_tried() -> None:
    verdict = chaining.requires_first(at(VARIG), (), {"previous_measures": ("aft",)}, ON)
    assert verdict is not None and verdict.met


@pytest.mark.parametrize(
    ("told", "answer"), [(None, Answer.UNKNOWN), ((), Answer.NOT_MET), (("aft",), Answer.NOT_MET), ((AT,), Answer.MET)]
)
def test_a_named_measure_must_have_been_tried_and_what_nobody_has_told_is_unknown(
    told: tuple[str, ...] | None, answer: Answer
) -> None:
    required = RequiresFirst(**dated(code="at_first", text=WORDS, measures=(AT,)))  # type: ignore[arg-type]
    measure = changed("amo", requires_first=(required,))
    verdict = chaining.requires_first(measure, (), {"previous_measures": told}, ON)
    assert verdict is not None
    assert (verdict.answer, verdict.severity) == (answer, Severity.STOP)


def test_a_measure_that_asks_for_nothing_before_it_has_no_such_verdict() -> None:
    assert chaining.requires_first(at(AT), (), {}, ON) is None


# ---- what runs at the same time --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("together", "answer", "severity"),
    [
        ("refused", Answer.NOT_MET, Severity.STOP),
        ("warned", Answer.NOT_MET, Severity.WARNING),
        ("allowed", Answer.MET, Severity.INFO),
    ],
)
def test_two_measures_at_the_same_time_are_refused_warned_of_or_allowed(
    together: str, answer: Answer, severity: Severity
) -> None:
    pair = (Combination(**dated(code="kvp", together=together)),)  # type: ignore[arg-type]
    one, other = changed("amo", combinations=pair), changed("kvp", combinations=(), attaches_to=())
    for verdict in (*chaining.combination(one, [other], ON), *chaining.combination(other, [one], ON)):
        assert (verdict.answer, verdict.severity) == (answer, severity)


def test_where_the_two_measures_say_different_things_the_stricter_counts() -> None:
    allowed = (Combination(**dated(code="kvp", together="allowed")),)  # type: ignore[arg-type]
    refused = (Combination(**dated(code="amo", together="refused")),)  # type: ignore[arg-type]
    one, other = changed("amo", combinations=allowed), changed("kvp", combinations=refused)
    assert [v.stops for v in chaining.combination(one, [other], ON)] == [True]


def test_a_support_goes_with_what_it_attaches_to() -> None:
    attached = (AttachesTo(**dated(measures=("kvp",))),)  # type: ignore[arg-type]
    support, main = changed("mentor", combinations=(), attaches_to=attached), changed("kvp", combinations=())
    (verdict,) = chaining.combination(support, [main], ON)
    assert verdict.met


def test_where_nothing_is_recorded_the_answer_is_unknown_and_stops_nothing() -> None:
    one, other = (changed(code, combinations=(), attaches_to=()) for code in ("amo", "kvp"))
    (verdict,) = chaining.combination(one, [other], ON)
    assert (verdict.answer, verdict.severity) == (Answer.UNKNOWN, Severity.INFO)


def test_what_runs_now_informs_the_choice_and_does_not_stop_it() -> None:
    refused = (Combination(**dated(code=AT, together="refused")),)  # type: ignore[arg-type]
    verdict = rules.eligibility(changed("amo", combinations=refused), NeedsProfile(), ON, beside=[at(AT)])
    (beside,) = [child for child in verdict.children if child.rule == "combination_now"]
    assert (beside.answer, beside.severity) == (Answer.NOT_MET, Severity.INFO)


# ---- seasons, measures that close, measures that come ----------------------------------------------------------------


@pytest.mark.parametrize(("day", "answer"), [(31, Answer.NOT_MET), (32, Answer.MET)])
def test_a_season_informs_the_choice(day: int, answer: Answer) -> None:
    on = date.fromordinal(date(2026, 4, 30).toordinal() + day)
    measure = changed("amo", seasons=(Season(**dated(first="06-01", last="08-31")),))  # type: ignore[arg-type]
    verdict = rules.season(measure, on)
    assert verdict is not None
    assert (verdict.answer, verdict.severity) == (answer, Severity.INFO)


@pytest.mark.parametrize(
    ("on", "answer", "severity"),
    [(date(2026, 12, 31), Answer.MET, Severity.INFO), (date(2027, 1, 1), Answer.NOT_MET, Severity.STOP)],
)
def test_a_measure_that_closes_can_be_chosen_until_its_last_day(on: date, answer: Answer, severity: Severity) -> None:
    measure = changed("amo", last_days=(LastDay(**dated(day=date(2026, 12, 31), text=WORDS)),))  # type: ignore[arg-type]
    verdict = rules.last_day(measure, on)
    assert verdict is not None
    assert (verdict.answer, verdict.severity) == (answer, severity)


def _with(*measures: Measure) -> catalogue.Catalogue:
    known = catalogue.load()
    return replace(known, measures={**known.measures, **{measure.code: measure for measure in measures}})


def test_a_measure_that_comes_later_is_listed_with_the_day_it_comes_and_judged_by_that_days_rules() -> None:
    coming = changed("amo", valid=(Validity(**dated(from_=date(2027, 3, 1))),))  # type: ignore[arg-type]
    found = {o.measure: o for o in rules.options(NeedsProfile(birth_date=date(1990, 1, 1)), _with(coming), ON)}
    assert found["amo"].opens == date(2027, 3, 1)
    assert {v.rule for v in found["amo"].verdict.stopping} == {"measure_in_force"}
    assert all(child.on == date(2027, 3, 1) for child in found["amo"].verdict.children[1:])
    assert "2027" in explain.standing(found["amo"])[0]


def test_a_measure_whose_time_is_over_and_one_kept_as_a_record_are_not_listed() -> None:
    over = changed("amo", valid=(Validity(**dated(to=date(2026, 11, 1))),))  # type: ignore[arg-type]
    kept = changed("kvp", depth="record")
    found = {option.measure for option in rules.options(NeedsProfile(), _with(over, kept), ON)}
    assert not {"amo", "kvp"} & found
    assert "amo" in {option.measure for option in rules.options(NeedsProfile(), _with(over), date(2026, 11, 1))}


def test_a_programme_is_named_under_the_measure_it_builds_on_while_it_is_in_force() -> None:
    programme = changed("kvp", kind="programme", depth="record", based_on=AT,
                        valid=(Validity(**dated(to=ON)),))  # type: ignore[arg-type]  # fmt: skip
    listed = [{o.measure: o for o in rules.options(NeedsProfile(), _with(programme), day)}[AT].programmes
              for day in (ON, date(2026, 11, 3))]  # fmt: skip
    assert "kvp" in listed[0]
    assert "kvp" not in listed[1]


# ---- what may come next ----------------------------------------------------------------------------------------------


def test_after_arbeidstrening_the_usual_next_is_midlertidig_lonnstilskudd_with_its_time_whole() -> None:
    had = (stay(AT, date(2026, 1, 1), date(2026, 6, 30), "a", "clarified_work_capacity"),)
    step = next(s for s in chaining.next_measures(had, ON, catalogue.load()) if s.measure == MIDLERTIDIG)
    assert step.after == AT and step.open
    assert step.time is not None and step.time.used == Length(0)


def test_a_next_measure_whose_time_is_used_up_is_shown_and_is_not_open() -> None:
    had = (stay(MIDLERTIDIG, date(2018, 1, 1), date(2024, 12, 31)), stay(AT, date(2026, 1, 1), date(2026, 6, 30)))
    step = next(s for s in chaining.next_measures(had, ON, catalogue.load(), {}) if s.measure == MIDLERTIDIG)
    assert not step.open
    assert {v.rule for v in step.verdict.stopping} == {"time_left"}


def test_a_measure_that_is_no_longer_given_is_not_open_next_and_one_that_comes_is_with_its_day() -> None:
    related = Related(successors=("amo", "kvp"))
    over = changed("amo", valid=(Validity(**dated(to=date(2026, 11, 1))),))  # type: ignore[arg-type]
    coming = changed("kvp", valid=(Validity(**dated(from_=date(2027, 1, 1))),))  # type: ignore[arg-type]
    known = _with(changed(AT, related=related), over, coming)
    found = {s.measure: s for s in chaining.next_measures((stay(AT, date(2026, 1, 1), ON),), ON, known)}
    assert not found["amo"].open
    assert found["kvp"].opens == date(2027, 1, 1)


def test_with_no_stays_nothing_comes_next() -> None:
    view = chaining.chain_view((), ON, catalogue.load())
    assert (view.stays, view.times, view.next) == ((), (), ())


def test_the_chain_tells_what_has_been_and_how_much_time_is_used_in_how_many_places() -> None:
    had = (
        stay(MIDLERTIDIG, date(2026, 7, 1), date(2026, 9, 30), "b"),
        stay(AT, date(2026, 1, 1), date(2026, 2, 28), "a"),
        stay(AT, date(2026, 4, 1), date(2026, 4, 30), "b"),
    )
    view = chaining.chain_view(had, ON, catalogue.load(), REDUCED)
    assert [s.measure for s in view.stays] == [AT, AT, MIDLERTIDIG]
    time = view.times[0]
    assert (time.measure, time.stays, time.employers, time.used) == (AT, 2, 2, Length(3))


# ---- a limit we do not hold ------------------------------------------------------------------------------------------

BEFORE_2019, FROM_2019 = date(2019, 6, 30), date(2019, 7, 1)


def time_on(code: str, on: date) -> list[Verdict]:
    found = rules.eligibility(at(code), NeedsProfile(reduced_work_capacity=False), on)
    return [verdict for verdict in found.children if verdict.rule == "time_left"]


@pytest.mark.rule("tiltaksforskriften § 9-6")
def test_9_6_a_limit_whose_length_we_do_not_hold_is_unknown_and_shown_with_its_section() -> None:
    (unknown,), (known,) = time_on(MIDLERTIDIG, BEFORE_2019), time_on(MIDLERTIDIG, FROM_2019)
    assert unknown.unknown and unknown.severity is Severity.STOP and known.met
    assert str(unknown.ref) == "tiltaksforskriften § 9-6" and unknown.would_change == (chaining.LENGTH,)
    whole = rules.eligibility(at(MIDLERTIDIG), NeedsProfile(), BEFORE_2019)
    assert chaining.LENGTH in whole.would_change


def test_a_limit_we_do_not_hold_says_why_in_words() -> None:
    (unknown,) = time_on(MIDLERTIDIG, BEFORE_2019)
    with translation.override("en"):
        assert "the earlier wording is not in the history we hold" in explain.sentence(unknown)
    with translation.override("nb"):
        assert "Slå" in explain.sentence(unknown) and "history" not in explain.sentence(unknown)


def test_where_no_duration_is_recorded_nothing_is_said_of_time() -> None:
    found = rules.eligibility(changed(AT, durations=()), NeedsProfile(), ON)
    assert "time_left" not in [verdict.rule for verdict in found.children]


def test_a_limit_we_do_not_hold_must_be_acknowledged_before_the_measure_is_decided() -> None:
    option = next(o for o in rules.options(NeedsProfile(), catalogue.load(), ON) if o.measure == "kvp")
    assert option.time is None
    assert "time_left" in [v.rule for v in rules.barriers(option, at("kvp").depth).unknowns]


def test_a_next_step_whose_limit_we_do_not_hold_is_not_said_to_be_open() -> None:
    measure = changed("kvp", target_group=())
    step = chaining._next(measure, AT, (), {}, ON)
    assert step.verdict.unknown and chaining.LENGTH in step.verdict.would_change
