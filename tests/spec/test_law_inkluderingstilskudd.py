"""Inkluderingstilskudd by the law: tiltaksforskriften chapter 11, with the days on which it changed."""

from datetime import date

import pytest

from springbrett.catalogue import load
from springbrett.catalogue.terms import AgreementRules
from springbrett.choice import rules
from springbrett.choice.chaining import combination
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer, Severity
from tests.spec.law import DAY, FIRST_DAYS, TODAY, by_law, changes_on, condition, rule_of, the

GRANT = the("inkluderingstilskudd")
FIRST_DAY = date(2016, 1, 1)
KNOWN_LIST = date(2016, 10, 1)
AGREEMENT = date(2022, 9, 1)
OTHER_LETTERS = date(2025, 7, 1)
STATE_AID_REWORDED = date(2026, 3, 29)


def beside(on: date) -> set[str]:
    """The measures the grant could stand beside on the day."""
    found = GRANT.attaches_to_on(on)
    assert found is not None
    return set(found.measures)


@pytest.fixture
def agreement() -> AgreementRules:
    assert GRANT.agreement is not None and GRANT.depth == "full"
    return GRANT.agreement


@pytest.mark.rule("tiltaksforskriften § 11-1")
def test_11_1_it_is_for_those_whose_workplace_must_be_adapted() -> None:
    assert condition(GRANT, "needs_adaptation", TODAY, adaptations_needed=("quiet_place",)).met
    none = condition(GRANT, "needs_adaptation", TODAY, adaptations_needed=(), demands_hard={})
    assert none.warns and none.severity is Severity.WARNING
    assert condition(GRANT, "needs_adaptation", TODAY).unknown


@pytest.mark.rule("tiltaksforskriften § 11-2")
@pytest.mark.parametrize("on", [FIRST_DAY, KNOWN_LIST - DAY])
def test_11_2_before_october_2016_the_list_is_not_known_here_and_nothing_is_claimed(on: date) -> None:
    found = GRANT.attaches_to_on(on)
    assert found is not None and not found.known and found.note
    listed = next(c for c in GRANT.target_group_on(on) if c.section == "11-2")
    assert "vet vi ikke" in listed.text.nb


@pytest.mark.rule("tiltaksforskriften § 11-2")
@pytest.mark.parametrize(
    ("changed", "added", "gone"),
    [
        (KNOWN_LIST, {"avklaring", "arbeidstrening", "oppfolging", "mentor", "funksjonsassistanse", "aft", "vta",
                      "midlertidig_lonnstilskudd", "varig_lonnstilskudd"}, set()),
        (date(2018, 1, 1), {"amo", "language_course", "arbeidsrettet_rehabilitering"}, set()),
        (date(2021, 4, 22), {"sommerjobb"}, set()),
        (OTHER_LETTERS, set(), {"language_course"}),
        (date(2026, 8, 1), {"firearig_lonnstilskudd"}, set()),
        (date(2026, 9, 1), {"vtao"}, set()),
    ],
)  # fmt: skip
def test_11_2_the_list_changes_on_these_days(changed: date, added: set[str], gone: set[str]) -> None:
    assert beside(changed) - beside(changed - DAY) == added
    assert beside(changed - DAY) - beside(changed) == gone
    assert by_law(GRANT.attaches_to_on(changed), "11-2")


@pytest.mark.rule("tiltaksforskriften § 11-2")
def test_11_2_on_23_february_2021_visits_to_a_company_are_added_and_the_measures_stay_the_same() -> None:
    changed = date(2021, 2, 23)
    assert changes_on(GRANT.attaches_to, changed)
    assert beside(changed) == beside(changed - DAY)
    found = GRANT.attaches_to_on(changed)
    assert found is not None and "hospitering" in found.note


@pytest.mark.rule("tiltaksforskriften § 11-2")
def test_11_2_no_listed_measure_is_one_that_could_not_be_given_on_the_day() -> None:
    for on in FIRST_DAYS:
        assert {code for code in beside(on) if not the(code).in_force(on)} == set(), on


@pytest.mark.rule("tiltaksforskriften § 11-2")
def test_11_2_a_company_that_hires_with_a_special_need_is_enough_from_september_2022() -> None:
    before, after = GRANT.attaches_to_on(AGREEMENT - DAY), GRANT.attaches_to_on(AGREEMENT)
    assert before is not None and before.alone is None and before.note
    assert after is not None and after.alone is True
    assert beside(AGREEMENT) == beside(AGREEMENT - DAY)
    assert changes_on(GRANT.target_group, AGREEMENT, "in_a_listed_measure_or_job")


@pytest.mark.rule("tiltaksforskriften § 11-2")
def test_11_2_third_paragraph_a_trial_set_by_regulation_is_covered_as_long_as_it_lasts() -> None:
    trial = the("firearig_lonnstilskudd")
    first = trial.valid[0].from_
    assert "firearig_lonnstilskudd" not in beside(first - DAY)
    assert "firearig_lonnstilskudd" in beside(first)


@pytest.mark.rule("tiltaksforskriften § 11-3")
def test_11_3_seven_kinds_of_expense_a_to_g_can_be_chosen_since_the_regulation_came() -> None:
    kinds = load().codes("expense_kind")
    letters = [letter for kind in kinds for letter in "abcdefg"
               if kind.description is not None and f"bokstav {letter})" in kind.description.nb]  # fmt: skip
    assert letters == list("abcdefg")
    assert all(kind.holds_on(FIRST_DAY) and kind.holds_on(date(2027, 12, 31)) for kind in kinds)
    assert not any(kind.holds_on(FIRST_DAY - DAY) for kind in kinds)
    assert by_law(rule_of(GRANT, "kinds_of_expense", FIRST_DAY), "11-3")


@pytest.mark.rule("tiltaksforskriften § 11-3")
def test_11_3_only_costs_beyond_the_ordinary_and_not_what_the_measure_covers() -> None:
    extra = rule_of(GRANT, "only_extra_costs", FIRST_DAY)
    assert by_law(extra, "11-3") and (extra.fact, extra.must_be, extra.severity) == (
        "costs_beyond_ordinary",
        True,
        "stop",
    )
    covered = rule_of(GRANT, "not_what_the_measure_covers", FIRST_DAY)
    assert by_law(covered, "11-3") and covered.severity == "stop"


@pytest.mark.rule("tiltaksforskriften § 11-4")
def test_11_4_documented_costs_up_to_a_ceiling_that_the_ministry_sets() -> None:
    (funding,) = GRANT.funding_on(FIRST_DAY)
    assert by_law(funding, "11-4") and (funding.code, funding.rate) == ("actual_costs", "inkluderingstilskudd_max")
    assert load().rate_on(funding.rate, FIRST_DAY) is not None


@pytest.mark.rule("tiltaksforskriften § 11-5")
def test_11_5_no_grant_where_another_scheme_covers_the_costs() -> None:
    rule = rule_of(GRANT, "no_double_cover", FIRST_DAY)
    assert by_law(rule, "11-5") and (rule.fact, rule.must_be, rule.severity) == (
        "costs_covered_elsewhere",
        False,
        "stop",
    )


@pytest.mark.rule("tiltaksforskriften § 1-4")
def test_the_chapter_sets_no_length_so_the_grant_follows_its_measure_however_long() -> None:
    used = (Period(date(2020, 1, 1), date(2025, 12, 31)),)
    left = rules.time_left(GRANT, TODAY, used, {})
    assert left is not None and left.unlimited
    end = rules.latest_end(GRANT, FIRST_DAY, (), {})
    assert end is not None and end.unlimited and end.certain is None


@pytest.mark.rule("tiltaksforskriften § 11-6")
def test_11_6_an_agreement_is_asked_for_from_1_september_2022(agreement: AgreementRules) -> None:
    assert GRANT.rule_on("written_agreement", AGREEMENT - DAY) is None
    assert by_law(rule_of(GRANT, "written_agreement", AGREEMENT), "11-6")
    assert "answers" not in agreement.content_required_on(AGREEMENT - DAY)
    assert {"grant", "contacts", "answers"} <= set(agreement.content_required_on(AGREEMENT))


@pytest.mark.rule("tiltaksforskriften § 11-6")
@pytest.mark.parametrize("code", ["contact_at_workplace", "contact_at_nav", "costs_agreed", "nav_fits_followup"])
def test_11_6_its_clauses_stand_in_agreements_from_that_day(agreement: AgreementRules, code: str) -> None:
    assert code not in {clause.code for clause in agreement.clauses_on(AGREEMENT - DAY)}
    assert code in {clause.code for clause in agreement.clauses_on(AGREEMENT)}


@pytest.mark.rule("tiltaksforskriften § 11-6")
@pytest.mark.parametrize("code", ["followup_fitted", "contact_points"])
def test_11_6_follow_up_and_contacts_are_duties_from_that_day(code: str) -> None:
    assert GRANT.rule_on(code, AGREEMENT - DAY) is None
    assert by_law(rule_of(GRANT, code, AGREEMENT), "11-6")


@pytest.mark.rule("tiltaksforskriften § 11-6")
def test_11_6_all_three_agree_on_the_costs_and_the_caseworker_last(agreement: AgreementRules) -> None:
    assert agreement.parties == ("participant", "employer", "caseworker")
    assert agreement.last_to_approve == "caseworker"
    assert set(agreement.clears["grant"]) == set(agreement.parties)
    assert set(agreement.parts) == set(agreement.clears)
    asked = {(question.code, question.party) for question in agreement.questions_on(FIRST_DAY)}
    assert asked == {("costs_beyond_ordinary", "employer"), ("costs_covered_elsewhere", "employer")}


@pytest.mark.rule("tiltaksforskriften § 11-7")
@pytest.mark.parametrize(
    ("on", "section", "known"),
    [
        (FIRST_DAY, "11-6", False),
        (AGREEMENT - DAY, "11-6", False),
        (AGREEMENT, "11-7", False),
        (STATE_AID_REWORDED - DAY, "11-7", False),
        (STATE_AID_REWORDED, "11-7", True),
    ],
)
def test_11_7_on_state_aid_was_11_6_and_is_known_from_29_march_2026(on: date, section: str, known: bool) -> None:
    rule = rule_of(GRANT, "state_aid", on)
    assert rule.section == section
    assert ("vet vi ikke" not in rule.text.nb) is known


def test_the_regulation_sets_no_review_and_no_report_and_none_is_invented() -> None:
    assert GRANT.reviews == () and GRANT.reports == ()


def test_in_practice_a_second_grant_in_the_same_time_warns() -> None:
    (twice,) = combination(GRANT, [GRANT], TODAY)
    assert twice.warns and twice.ref.source == "practice"


@pytest.mark.parametrize("code", ["arbeidstrening", "midlertidig_lonnstilskudd", "varig_lonnstilskudd", "sommerjobb",
                                  "firearig_lonnstilskudd", "vtao", "mentor", "avklaring", "aft"])  # fmt: skip
def test_the_grant_goes_together_with_the_measures_it_supports(code: str) -> None:
    (verdict,) = combination(GRANT, [the(code)], TODAY)
    assert verdict.answer is Answer.MET


def test_practice_stops_at_twelve_months_and_a_day_where_the_regulation_sets_no_length() -> None:
    note = next(note for note in GRANT.practice if note.code == "twelve_months_and_a_day")
    assert note.source == "practice" and "Forskriften setter ingen lengde" in note.text.nb
