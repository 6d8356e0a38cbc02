"""Extending and ending: one test per rule, with the § it rests on."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from springbrett.followup.changes import Ending, Extension, ending, extension
from springbrett.kernel.verdict import Answer, Ref, Severity, Verdict

LAW = Ref("tiltaksforskriften", "3-5", "law")
FITS = Verdict("duration_within_limit", Answer.MET, Severity.STOP, LAW)
WISH = Extension(
    on=date(2026, 5, 4), start=date(2026, 3, 2), current_end=date(2026, 6, 1), new_end=date(2026, 9, 1),
    reason="more_time_needed", reason_known=True, duration=FITS, extensions_before=0, extensions_sign=2,
    vacancy_before=0, vacancy_sign=2, review_on_time=True, review_ref=LAW,
)  # fmt: skip
END = Ending(
    date(2026, 5, 4), date(2026, 3, 2), date(2026, 6, 1), date(2026, 5, 1), "by_participant", reason_early=True
)


def wish(**said: Any) -> Verdict:
    return extension(replace(WISH, **said))


def end(**said: Any) -> Verdict:
    return ending(replace(END, **said))


def test_3_5_a_placement_can_be_extended_inside_the_limit() -> None:
    assert wish().met
    assert not wish().warnings


def test_3_5_beyond_the_limit_it_cannot() -> None:
    assert wish(duration=replace(FITS, answer=Answer.NOT_MET)).stops


def test_3_5_beyond_twelve_months_reduced_work_capacity_must_be_clarified_and_unknown_is_not_no() -> None:
    verdict = wish(duration=replace(FITS, answer=Answer.UNKNOWN, would_change=("reduced_work_capacity",)))
    assert verdict.unknown
    assert verdict.would_change == ("reduced_work_capacity",)


def test_an_extension_ends_later_than_what_is_agreed() -> None:
    assert wish(new_end=WISH.current_end).stops


def test_what_is_over_cannot_be_extended() -> None:
    assert wish(on=date(2026, 6, 2)).stops
    assert wish(on=date(2026, 6, 1)).met


def test_an_extension_has_a_coded_reason() -> None:
    assert wish(reason="", reason_known=False).stops


def test_3_5_an_overdue_review_warns_before_an_extension() -> None:
    verdict = wish(review_on_time=False)
    assert verdict.met
    assert [v.rule for v in verdict.warnings] == ["reviewed_before_extension"]


@pytest.mark.parametrize(("before", "warns"), [(0, False), (1, True), (5, True)])
def test_soon_a_vacancy_again_and_again_is_a_sign(before: int, *, warns: bool) -> None:
    rules = [v.rule for v in wish(reason="position_coming", vacancy_before=before).warnings]
    assert ("vacancy_not_promised_again" in rules) is warns


def test_soon_a_vacancy_earlier_is_no_sign_against_another_reason() -> None:
    assert not wish(vacancy_before=5).warnings


def test_the_power_sector_case_waiting_once_for_a_post_is_no_sign() -> None:
    assert wish(reason="position_coming").met
    assert not wish(reason="position_coming").warnings


def test_extending_the_same_placement_again_is_a_sign() -> None:
    assert [v.rule for v in wish(extensions_before=1).warnings] == ["few_extensions"]


def test_a_placement_ends_on_a_day_that_has_been() -> None:
    assert end().met
    assert end(ended_on=date(2026, 5, 5)).stops


def test_the_last_day_lies_within_the_placement() -> None:
    assert end(ended_on=date(2026, 6, 2), on=date(2026, 7, 1)).stops
    assert end(ended_on=date(2026, 2, 20)).stops


def test_the_day_before_the_start_says_that_it_never_began() -> None:
    assert end(ended_on=date(2026, 3, 1)).met
    assert end(ended_on=date(2026, 2, 10), on=date(2026, 2, 10)).met


def test_a_planned_end_is_on_the_agreed_day_and_another_reason_is_for_an_end_before_it() -> None:
    later = date(2026, 6, 1)
    assert end(reason="planned_end", reason_early=False).stops
    assert end(reason="planned_end", reason_early=False, ended_on=later, on=later).met
    assert end(ended_on=later, on=later).stops


def test_an_unknown_reason_ends_nothing() -> None:
    assert end(reason="because", reason_early=None).stops
