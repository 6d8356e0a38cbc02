"""The neighbouring measures: how long, how old, and from when, each by its section."""

from datetime import date

import pytest

from springbrett.catalogue import NotInForce, load
from springbrett.catalogue.conditions import any_group
from springbrett.kernel.period import Length

TODAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("code", "section", "months", "reduced"),
    [
        ("oppfolging", "4-4", 12, 36),
        ("amo", "7-4", 36, 36),
        ("midlertidig_lonnstilskudd", "9-4", 12, 24),
        ("aft", "13-4", 24, 24),
        ("arbeid_med_stotte", "2-4", 12, 36),
        ("ips", "3-5", 12, 36),
        ("firearig_lonnstilskudd", "8", 48, 48),
    ],
)
def test_how_many_months_with_and_without_reduced_work_capacity(
    code: str, section: str, months: int, reduced: int
) -> None:
    duration = load().measure(code).duration_on(TODAY)
    assert duration.section == section
    assert duration.lengths({"reduced_work_capacity": False})[0] == Length(months)
    assert duration.lengths({"reduced_work_capacity": True})[0] == Length(reduced)


@pytest.mark.parametrize(
    ("code", "section", "weeks", "more"),
    [
        ("avklaring", "2-4", 4, 8),
        ("sommerjobb", "8-4", 4, 0),
        ("arbeidsrettet_rehabilitering", "12-4", 12, 0),
        ("ungdomsprogram", "6", 52, 8),
    ],
)
def test_how_many_weeks_and_how_many_more(code: str, section: str, weeks: int, more: int) -> None:
    duration = load().measure(code).duration_on(TODAY)
    assert (duration.section, duration.weeks, duration.months) == (section, weeks, None)
    assert duration.longest == Length(0, 7 * (weeks + more))


@pytest.mark.parametrize(("code", "section"), [("vta", "14-4"), ("vtao", "14A-4"), ("varig_lonnstilskudd", "10-7")])
def test_lasting_measures_have_no_end(code: str, section: str) -> None:
    duration = load().measure(code).duration_on(TODAY)
    assert duration.unlimited
    assert duration.section == section


def test_a_length_the_history_does_not_hold_is_not_guessed() -> None:
    amo = load().measure("amo")
    assert amo.duration_on(date(2016, 10, 1)).months == 12
    assert not amo.duration_on(date(2016, 9, 30)).known
    with pytest.raises(NotInForce):
        amo.duration_on(date(2015, 12, 31))


@pytest.mark.parametrize(
    ("code", "years", "basis"),
    [
        ("amo", 19, "calendar_year"),
        ("hoyere_utdanning", 22, "calendar_year"),
        ("ips", 16, "birthday"),
        ("aft", 16, "birthday"),
    ],
)
def test_the_lower_age_limit(code: str, years: int, basis: str) -> None:
    limit = load().measure(code).min_age_on(TODAY)
    assert limit is not None
    assert (limit.years, limit.basis) == (years, basis)


@pytest.mark.parametrize(("code", "years"), [("sommerjobb", 30), ("ungdomsgaranti", 30), ("ungdomsprogram", 29)])
def test_the_upper_age_limit_of_what_is_for_the_young(code: str, years: int) -> None:
    limit = load().measure(code).max_age_on(TODAY)
    assert limit is not None
    assert (limit.years, limit.source) == (years, "law")


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("aft", date(2016, 10, 1)),
        ("sommerjobb", date(2021, 4, 22)),
        ("arbeid_med_stotte", date(2023, 6, 20)),
        ("ungdomsgaranti", date(2023, 7, 1)),
        ("ungdomsprogram", date(2025, 8, 1)),
        ("firearig_lonnstilskudd", date(2026, 8, 1)),
        ("vtao", date(2026, 9, 1)),
    ],
)
def test_the_first_day_a_measure_can_be_given(code: str, first: date) -> None:
    measure = load().measure(code)
    assert measure.in_force(first)
    assert not measure.in_force(
        first.replace(day=first.day - 1) if first.day > 1 else date(first.year, first.month - 1, 28)
    )


def test_health_is_never_asked_for_so_its_conditions_are_for_the_caseworker() -> None:
    condition = load().measure("funksjonsassistanse").target_group_on(TODAY)[0]
    assert condition.any_of == ()
    assert condition.severity == "warning"


def test_ips_asks_only_whether_a_team_takes_part_and_only_the_caseworker_answers() -> None:
    condition = load().measure("ips").target_group_on(TODAY)[0]
    assert condition.severity == "warning"
    assert any_group(condition.any_of, {}) is None
    assert any_group(condition.any_of, {"treatment_team_takes_part": True}) is True


def test_avklaring_is_near_for_a_person_whose_capacity_is_unclear() -> None:
    condition = load().measure("avklaring").target_group_on(TODAY)[0]
    assert any_group(condition.any_of, {"work_capacity_clarified": False}) is True
    assert any_group(condition.any_of, {}) is None


def test_aft_asks_for_reduced_work_capacity() -> None:
    condition = load().measure("aft").target_group_on(TODAY)[0]
    assert any_group(condition.any_of, {"reduced_work_capacity": False}) is False
    assert any_group(condition.any_of, {"reduced_work_capacity": True, "followup_need": 3}) is True


def test_reviews_by_their_sections() -> None:
    assert load().measure("aft").review_on(TODAY).every_months == 3
    assert load().measure("varig_lonnstilskudd").review_on(TODAY).every_months == 6
