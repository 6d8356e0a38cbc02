"""What an arbeidstrening agreement must hold, section by section (tiltaksforskriften)."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from springbrett import catalogue
from springbrett.agreement import explain, rules
from springbrett.agreement.part_forms import PART_FORMS
from springbrett.agreement.records import (
    PARTS,
    AgreementContent,
    ContactPoint,
    FollowUpPlan,
    HoursStep,
    Support,
    diff,
)
from springbrett.agreement.rules import Context
from springbrett.kernel.period import Period, add_months
from springbrett.kernel.verdict import Answer, Verdict, from_data, to_data
from tests.builders.agreement import full_content

TODAY = date(2026, 3, 2)
START = date(2026, 3, 9)


def content(**said: Any) -> AgreementContent:
    return full_content(said.pop("start", START), said.pop("months", 3), **said)


def context(**said: Any) -> Context:
    known = catalogue.load()
    plain: dict[str, Any] = {
        "measure": known.measure("arbeidstrening"), "on": TODAY, "chain": known.chain("work_experience"),
        "birth_date": date(1990, 5, 5), "purpose_decided_on": TODAY, "cooperation_stopped": False,
        "max_week_hours": 40.0,
    }  # fmt: skip
    return Context(**{**plain, **said})


def verdict(rule: str, said: AgreementContent, known: Context | None = None) -> Verdict:
    return next(v for v in rules.check(said, known or context()).walk() if v.rule == rule)


def missing(said: AgreementContent) -> set[str]:
    found = rules.content_complete(said, context().measure, START)
    return {v.rule.removesuffix("_stated") for v in found.children if not v.met}


def test_a_complete_agreement_is_ready() -> None:
    found = rules.check(content(), context())
    assert found.met and not found.warnings and not found.unknowns


# § 3-4 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("purpose", {"main_purpose": ""}),
        ("purpose", {"main_purpose": "language"}),
        ("tasks", {"tasks": "  "}),
        ("training", {"training": ""}),
        ("expected", {"expected": ""}),
        ("hours", {"hours_ramp": ()}),
        ("days", {"days": ()}),
        ("dates", {"end": None}),
        ("followup", {"followup": FollowUpPlan(contact_every_weeks=2, review_every_months=3)}),
    ],
)
def test_section_3_4_the_agreement_says_purpose_content_training_and_plan(part: str, said: dict[str, Any]) -> None:
    assert missing(content()) == set()
    assert missing(content(**said)) == {part}


def test_section_3_4_the_purpose_other_must_be_explained() -> None:
    other = {"purposes": ("other",), "main_purpose": "other"}
    assert missing(content(**other)) == {"purpose"}
    assert missing(content(**other, purpose_note="Lære å reise alene.")) == set()


def test_section_3_4_other_support_is_considered_and_unknown_until_somebody_says_so() -> None:
    assert verdict("other_support_considered", content(support=Support())).unknown
    assert verdict("other_support_considered", content(support=Support(other_considered=False))).stops
    half = Support(mentor_requested=True, other_considered=True)
    assert verdict("other_support_considered", content(support=half)).stops
    assert verdict("other_support_considered", content(support=replace(half, mentor_hours_week=Decimal(4)))).met
    grant = Support(inclusion_grant_requested=True, other_considered=True)
    assert verdict("other_support_considered", content(support=grant)).stops
    assert verdict("other_support_considered", content(support=replace(grant, inclusion_grant_for="Ryggstol"))).met


@pytest.mark.parametrize("side", ["contact_employer", "contact_nav"])
def test_section_3_4_there_is_a_contact_point_on_both_sides(side: str) -> None:
    assert verdict("contact_points", content(**{side: ContactPoint()})).stops
    assert verdict("contact_points", content(**{side: ContactPoint("Uten nummer")})).stops
    assert verdict("contact_points", content(**{side: ContactPoint("Med e-post", email="a@example.test")})).met


def test_section_3_4_before_2022_09_01_fewer_parts_were_required_by_what_we_hold() -> None:
    old = rules.content_complete(content(training="", expected=""), context().measure, date(2022, 8, 31))
    new = rules.content_complete(content(training="", expected=""), context().measure, date(2022, 9, 1))
    assert old.met and new.stops


def test_section_3_4_the_purpose_is_decided_before_the_start() -> None:
    assert verdict("purpose_before_start", content(), context(purpose_decided_on=START)).met
    late = verdict("purpose_before_start", content(), context(purpose_decided_on=START + timedelta(days=1)))
    assert late.warns and late.ref.source == "practice"


# § 3-5 --------------------------------------------------------------------------------------------------------------


def test_section_3_5_twelve_months_to_the_day() -> None:
    assert verdict("duration_within_limit", content(months=12), context(reduced_work_capacity=False)).met
    day_more = content(end=add_months(START, 12), months=12)
    assert verdict("duration_within_limit", day_more, context(reduced_work_capacity=False)).stops


def test_section_3_5_six_months_more_with_reduced_work_capacity() -> None:
    assert verdict("duration_within_limit", content(months=18), context(reduced_work_capacity=True)).met
    day_more = content(end=add_months(START, 18))
    assert verdict("duration_within_limit", day_more, context(reduced_work_capacity=True)).stops


def test_section_3_5_unknown_work_capacity_is_unknown_beyond_twelve_months_and_never_no() -> None:
    assert verdict("duration_within_limit", content(months=12)).met
    beyond = verdict("duration_within_limit", content(months=13))
    assert beyond.unknown and "reduced_work_capacity" in beyond.would_change
    assert not rules.check(content(months=13), context()).met
    assert verdict("duration_within_limit", content(months=19)).stops


def test_section_3_5_the_persons_placements_are_summed() -> None:
    used = (Period(date(2024, 1, 1), date(2024, 10, 31)),)
    known = context(used=used, reduced_work_capacity=False)
    assert verdict("duration_within_limit", content(months=2), known).met
    assert verdict("duration_within_limit", content(months=3), known).stops


# § 3-6, § 3-7, § 1-6 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "field", "wrong", "section"),
    [
        ("discussed_with_employee_reps", "discussed_with_employee_reps", False, "3-6"),
        ("not_employed", "employed_in_company", True, "3-7"),
        ("no_displacement", "displaces_ordinary_staff", True, "1-6"),
        ("no_close_relatives", "close_relative", True, "1-6"),
    ],
)
def test_declarations_stop_when_wrong_and_are_unknown_until_answered(
    rule: str, field: str, wrong: bool, section: str
) -> None:  # fmt: skip
    assert verdict(rule, content()).met
    assert verdict(rule, content(**{field: wrong})).stops and verdict(rule, content()).ref.section == section
    assert verdict(rule, content(**{field: None})).unknown
    assert rules.check_content(content(**{field: wrong}), context().measure, TODAY).stops


def test_section_1_6_special_reasons_can_justify_a_close_relative_but_nothing_justifies_displacement() -> None:
    related = content(close_relative=True, close_relative_reason="Eneste bedrift i bygda.")
    assert verdict("no_close_relatives", related).met
    assert verdict("no_displacement", content(displaces_ordinary_staff=True, close_relative_reason="x")).stops


# § 1-3 and practice -------------------------------------------------------------------------------------------------


def test_section_1_3_sixteen_on_the_first_day() -> None:
    born = date(2010, 3, 9)
    assert verdict("minimum_age", content(), context(birth_date=born)).met
    assert verdict("minimum_age", content(), context(birth_date=born + timedelta(days=1))).stops
    assert verdict("minimum_age", content(start=date(2025, 7, 1)), context(birth_date=born)).unknown


def test_practice_warns_when_the_person_reaches_72_before_the_end() -> None:
    last = content().period.last
    assert verdict("maximum_age", content(), context(birth_date=last.replace(year=last.year - 72))).warns
    assert verdict("maximum_age", content(), context(birth_date=last.replace(year=last.year - 71))).met


def test_practice_warns_when_the_start_is_more_than_seven_days_back() -> None:
    assert verdict("start_not_too_far_back", content(), context(on=START + timedelta(days=7))).met
    assert verdict("start_not_too_far_back", content(), context(on=START + timedelta(days=8))).warns
    running = context(on=START + timedelta(days=60), entered_on=START)
    assert verdict("start_not_too_far_back", content(), running).met


# the house ----------------------------------------------------------------------------------------------------------


def test_house_the_hours_begin_on_the_first_day_in_order_inside_the_dates() -> None:
    def ramp(*steps: tuple[int, str]) -> Verdict:
        said = tuple(HoursStep(START + timedelta(days=d), Decimal(h)) for d, h in steps)
        return verdict("hours_fit_the_dates", content(hours_ramp=said))

    assert ramp((0, "10"), (30, "20")).met
    for wrong in ([(1, "10")], [(0, "10"), (0, "20")], [(0, "10"), (40, "20"), (30, "30")], [(0, "10"), (400, "20")],
                  [(0, "0")], [(0, "41")]):  # fmt: skip
        assert ramp(*wrong).stops
    assert ramp().unknown


def test_house_the_main_purpose_follows_the_chain() -> None:
    other = content(purposes=("language",), main_purpose="language")
    assert verdict("purpose_follows_chain", other).warns
    assert verdict("purpose_follows_chain", content()).met


def test_house_waiting_is_named_in_the_agreement() -> None:
    assert verdict("waiting_is_named", content(), context(waiting_for="aft", choice_waiting_for="aft")).met
    assert verdict("waiting_is_named", content(), context(choice_waiting_for="aft")).stops
    assert "waiting_is_named" not in {v.rule for v in rules.check(content(), context()).walk()}


def test_house_an_employer_the_office_has_stopped_working_with_is_not_used() -> None:
    assert verdict("cooperation_open", content(), context(cooperation_stopped=True)).stops
    assert verdict("cooperation_open", content(), context(cooperation_stopped=None)).unknown


# the record itself --------------------------------------------------------------------------------------------------


def test_every_field_belongs_to_exactly_one_part_and_every_part_has_a_name_and_parties() -> None:
    named = [name for names in PARTS.values() for name in names]
    assert sorted(named) == sorted(f.name for f in fields(AgreementContent))
    terms = catalogue.load().measure("arbeidstrening").agreement
    assert terms is not None and set(terms.clears) == set(terms.parts)
    assert set(PARTS) == set(explain.PARTS) == set(PART_FORMS)


def test_content_and_verdicts_survive_being_kept() -> None:
    full = content(support=Support(True, Decimal("3.5"), "Mia", other_considered=True))
    assert AgreementContent.from_data(full.to_data()) == full
    found = rules.check(full, context())
    assert from_data(to_data(found)) == found


def test_the_difference_names_the_parts_that_changed() -> None:
    changed = diff(content(), content(tasks="Annet.", days=("fri",)))
    assert [c.part for c in changed] == ["tasks", "days"] and changed[0].after == {"tasks": "Annet."}


def test_every_rule_of_the_agreement_has_a_sentence_for_every_answer() -> None:
    empty = rules.check(AgreementContent(), context(waiting_for="aft"))
    for found in (*rules.check(content(), context()).walk(), *empty.walk()):
        if found.rule in explain.SENTENCES:
            for answer in Answer:
                assert explain.SENTENCES[found.rule](replace(found, answer=answer))
        else:
            assert found.rule in {"measure_in_force", "minimum_age", "maximum_age"}
