"""Predecessors, trials and programmes: kept as records, in force in the years the sources say, and never proposed."""

from datetime import date

import pytest

from springbrett.catalogue import load
from springbrett.catalogue.commands import show
from springbrett.choice import rules
from springbrett.kernel.period import Length
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, limits, months_of_the_first, sure_last_day, the

PREDECESSORS = ("arbeidspraksis", "utvidet_oppfolging")
TRIALS = ("aap_som_lonnstilskudd", "kjerneoppgaver", "supported_employment_forsok", "snart_ansatt")
PROGRAMMES = ("ikea_broen_til_jobb", "telenor_open_mind", "transport_ride_along")
RECORDS = (*PREDECESSORS, *TRIALS, *PROGRAMMES)
LAW = ("amo", "language_course", "studiespesialisering", "fag_og_yrkesopplaering", "tilrettelagt_fagopplaering",
       "hoyere_yrkesfaglig", "hoyere_utdanning", "arbeid_med_stotte", "ips", "ips_ung", "ungdomsgaranti",
       "ungdomsprogram", "kvp", "introduksjonsprogram")  # fmt: skip
SOMEBODY = NeedsProfile(birth_date=date(2000, 2, 29), needs_level="spesielt_tilpasset_innsats",
                        reduced_work_capacity=True, education_level="bachelor", previous_measures=())  # fmt: skip


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("arbeidspraksis", date(2003, 1, 1), date(2016, 12, 31)),
        ("aap_som_lonnstilskudd", date(2013, 1, 1), date(2018, 12, 31)),
        ("kjerneoppgaver", date(2012, 1, 1), date(2016, 12, 31)),
        ("utvidet_oppfolging", date(2019, 2, 4), date(2023, 6, 19)),
    ],
)
def test_a_predecessor_or_trial_was_there_in_its_years_and_neither_before_nor_after(
    code: str, first: date, last: date
) -> None:
    found = the(code)
    assert found.in_force(first) and found.in_force(last)
    assert not found.in_force(first - DAY) and not found.in_force(last + DAY)


@pytest.mark.parametrize("code", ["arbeidspraksis", "aap_som_lonnstilskudd", "kjerneoppgaver"])
def test_when_the_sources_give_years_only_the_entry_says_so_to_everyone(code: str) -> None:
    (valid,) = the(code).valid
    assert valid.to is not None
    assert (valid.from_.month, valid.from_.day, valid.to.month, valid.to.day) == (1, 1, 12, 31)
    assert valid.interpretation is not None


@pytest.mark.parametrize("code", ["supported_employment_forsok", "snart_ansatt"])
def test_when_no_date_is_given_the_days_are_a_frame_that_ends_with_the_source(code: str) -> None:
    (valid,) = the(code).valid
    assert (valid.from_, valid.to, valid.ref) == (date(2016, 1, 1), date(2019, 8, 6), "proba_2019")
    assert valid.interpretation is not None and "frame" in valid.interpretation.en
    assert not the(code).in_force(date(2019, 8, 7))


@pytest.mark.parametrize("code", RECORDS)
def test_a_record_is_never_proposed_and_never_among_the_options(code: str) -> None:
    assert the(code).depth == "record"
    for on in (date(2016, 6, 1), date(2018, 6, 1), date(2026, 11, 22)):
        assert code not in {option.measure for option in rules.options(SOMEBODY, load(), on)}


@pytest.mark.parametrize("code", RECORDS)
def test_a_record_names_the_report_or_law_it_is_known_from(code: str) -> None:
    acts = {basis.act for basis in the(code).legal_basis}
    assert acts & {"evaluation_at_2023", "proba_2019", "afi_2016_05", "egenregiforskriften_2019"}


def test_each_predecessor_is_the_one_its_successor_says_it_replaced() -> None:
    for code, successor in (("arbeidspraksis", "arbeidstrening"), ("utvidet_oppfolging", "arbeid_med_stotte")):
        assert code in {old.code for old in the(successor).replaces}
        assert the(code).related.successors == (successor,)


def test_work_with_support_took_over_the_day_after_utvidet_oppfolging_ended() -> None:
    last = date(2023, 6, 19)
    assert the("utvidet_oppfolging").in_force(last) and not the("arbeid_med_stotte").in_force(last)
    assert not the("utvidet_oppfolging").in_force(last + DAY) and the("arbeid_med_stotte").in_force(last + DAY)


def test_arbeidspraksis_lasted_a_year_and_two_with_reduced_work_capacity() -> None:
    assert limits("arbeidspraksis", date(2015, 6, 1), reduced_work_capacity=False) == (Length(12), Length(12))
    assert limits("arbeidspraksis", date(2015, 6, 1), reduced_work_capacity=True) == (Length(24), Length(24))


@pytest.mark.rule("tiltaksforskriften § 15-6")
def test_15_6_sheltered_practice_places_ended_with_2017_at_the_latest() -> None:
    rule = "sheltered_places_phased_out"
    practice = the("arbeidspraksis")
    assert practice.rule_on(rule, date(2016, 9, 30)) is None
    assert practice.rule_on(rule, date(2016, 10, 1)) is not None
    assert practice.rule_on(rule, date(2017, 12, 31)) is not None
    assert practice.rule_on(rule, date(2018, 1, 1)) is None


@pytest.mark.parametrize("code", ["aap_som_lonnstilskudd", "kjerneoppgaver", "supported_employment_forsok",
                                  "snart_ansatt", "utvidet_oppfolging"])  # fmt: skip
def test_how_long_the_trials_lasted_for_each_participant_is_not_known(code: str) -> None:
    duration = the(code).durations[0]
    assert not duration.known and duration.note


@pytest.mark.parametrize(
    ("code", "months"), [("ikea_broen_til_jobb", 8), ("telenor_open_mind", 12), ("transport_ride_along", 3)]
)
def test_a_programme_stands_on_arbeidstrening_and_keeps_within_its_limit(code: str, months: int) -> None:
    programme = the(code)
    assert (programme.kind, programme.based_on) == ("programme", "arbeidstrening")
    on = date(2023, 1, 1)
    ordinary, _ = limits("arbeidstrening", on, reduced_work_capacity=False)
    assert limits(code, on)[0] == Length(months)
    assert ordinary is not None and months <= ordinary.months
    assert programme.in_force(date(2017, 1, 1)) and not programme.in_force(date(2016, 12, 31))


def test_ikeas_eight_months_end_the_day_before_the_date_also_at_the_end_of_a_month() -> None:
    assert sure_last_day("ikea_broen_til_jobb", date(2023, 6, 30)) == date(2024, 2, 28)
    assert sure_last_day("ikea_broen_til_jobb", date(2023, 7, 1)) == date(2024, 2, 29)


def test_what_the_programmes_promise_is_told_rule_by_rule() -> None:
    on = date(2023, 1, 1)
    promised = {
        "ikea_broen_til_jobb": {"language_alongside", "mentor_and_talks", "cv_and_interview",
                                "language_test_at_the_end", "six_months_more_if_not_hired"},
        "telenor_open_mind": {"joint_course_first", "ten_months_practice", "spring_and_autumn"},
        "transport_ride_along": {"licence_and_job_after"},
    }  # fmt: skip
    for code, expected in promised.items():
        assert expected <= {rule.code for rule in the(code).rules_on(on)}


def test_open_mind_asks_for_a_degree_and_for_nothing_about_health_or_origin() -> None:
    asked = [(c.fact, c.value) for entry in the("telenor_open_mind").target_group for g in entry.any_of for c in g]
    assert asked == [("education_level", ("bachelor", "master"))]


def test_the_findings_about_the_trials_are_kept_with_the_measure_they_are_about() -> None:
    about = {entry.about for entry in load().evidence.values()}
    assert {"aap_som_lonnstilskudd", "kjerneoppgaver", "supported_employment_forsok", "oppfolging"} <= about
    shares = {e.about: e.finding.en.split()[0] for e in load().evidence.values() if e.study == "Proba 2019"}
    assert shares == {"aap_som_lonnstilskudd": "51", "oppfolging": "46", "kjerneoppgaver": "43",
                      "supported_employment_forsok": "37"}  # fmt: skip


@pytest.mark.parametrize("code", (*LAW, *RECORDS))
def test_on_the_first_of_every_month_2012_to_2027_it_can_be_shown_and_weighed(code: str) -> None:
    found = the(code)
    for on in months_of_the_first():
        assert show(code, on)
        for profile in (NeedsProfile(), SOMEBODY):
            verdict = rules.eligibility(found, profile, on)
            assert verdict == rules.eligibility(found, profile, on)
            if not found.in_force(on):
                assert not verdict.met
            rules.time_left(found, on, (), profile.facts(on))
            rules.latest_end(found, on, (), profile.facts(on))
