"""What holds for the money of every measure in the catalogue, on every day from 2016 to 2027."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett import catalogue
from springbrett.kernel.period import Period
from springbrett.money import checks, subsidy
from springbrett.money.estimate import estimate, kind_of
from springbrett.money.records import GrantItem, MentorTerms, Terms, WageTerms

KNOWN = catalogue.load()
CODES = sorted(KNOWN.measures)
LEVELS = (None, *(level.code for level in KNOWN.needs_levels))
WAGE = WageTerms(Decimal(30_000), Decimal("0.12"), Decimal("0.02"), Decimal("0.141"))
MENTOR = MentorTerms(
    "month", Decimal(40_000), Decimal(100), Decimal(12), Decimal("0.12"), Decimal("0.02"), Decimal("0.141")
)  # fmt: skip
SAID = Terms(WAGE, Decimal(50), MENTOR, (GrantItem("work_aids", Decimal(5000), "-"),))

days = st.dates(date(2016, 1, 1), date(2027, 12, 31))
facts = st.fixed_dictionaries(
    {
        "reduced_work_capacity": st.sampled_from((True, False, None)),
        "needs_level": st.sampled_from(LEVELS),
    }
)  # fmt: skip


@given(st.sampled_from(CODES), days, st.integers(0, 1500), facts, st.booleans())
@settings(max_examples=150)
def test_every_measure_can_be_asked_what_it_costs_on_every_day(
    code: str, first: date, length: int, known: dict[str, object], said: bool
) -> None:
    measure, period = KNOWN.measure(code), Period(first, first + timedelta(days=length))
    made = estimate(measure, known, period, SAID if said else Terms(), KNOWN)
    again = estimate(measure, known, period, SAID if said else Terms(), KNOWN)
    assert made == again
    assert (made is None) == (kind_of(measure, KNOWN, first) is None)
    if made is not None:
        assert made.value.total >= 0
        assert all(period.contains(month.period.start) for month in made.value.months)
        assert all(verdict.on is None or verdict.on >= first for verdict in made.verdicts)


@given(st.sampled_from(CODES), days, facts)
@settings(max_examples=60)
def test_the_terms_nobody_has_said_are_told_and_never_paid(code: str, first: date, known: dict[str, object]) -> None:
    made = estimate(KNOWN.measure(code), known, Period(first, first + timedelta(days=40)), Terms(), KNOWN)
    if made is not None and made.value.kind != "place":
        assert made.value.total == 0


@pytest.mark.parametrize(
    ("measure", "on", "kind"),
    [
        ("midlertidig_lonnstilskudd", date(2026, 11, 2), "wage_subsidy"),
        ("midlertidig_lonnstilskudd", date(2018, 1, 1), "wage_subsidy"),
        ("varig_lonnstilskudd", date(2016, 1, 1), "wage_subsidy"),
        ("sommerjobb", date(2021, 6, 1), "wage_subsidy"),
        ("firearig_lonnstilskudd", date(2026, 8, 1), "wage_subsidy"),
        ("firearig_lonnstilskudd", date(2026, 7, 31), None),
        ("mentor", date(2026, 11, 2), "mentor"),
        ("inkluderingstilskudd", date(2026, 11, 2), "grant"),
        ("vtao", date(2026, 9, 1), "place"),
        ("arbeidstrening", date(2026, 11, 2), None),
        ("oppfolging", date(2026, 11, 2), None),
    ],
)
def test_each_measure_is_counted_as_its_entry_says(measure: str, on: date, kind: str | None) -> None:
    assert kind_of(KNOWN.measure(measure), KNOWN, on) == kind


@given(days, st.sampled_from([code for code in CODES if KNOWN.measure(code).subsidies]))
def test_an_agreed_percentage_within_its_check_is_what_the_first_day_pays_at_most(on: date, code: str) -> None:
    measure = KNOWN.measure(code)
    found = measure.subsidy_on(on)
    if found is None or found.kind != "maximum":
        return
    most = subsidy.start_percent(found, {}, Decimal(100))
    assert most is not None
    verdicts = [checks.check_percent(measure, {}, on, most + more) for more in (Decimal(0), Decimal("0.01"))]
    assert [verdict.met for verdict in verdicts if verdict is not None] == [True, False]


def test_a_subsidy_whose_percentages_are_not_in_our_sources_is_unknown_and_not_nothing() -> None:
    period = Period(date(2018, 1, 1), date(2018, 3, 31))
    made = estimate(KNOWN.measure("midlertidig_lonnstilskudd"), {"reduced_work_capacity": True}, period, SAID, KNOWN)
    assert made is not None
    assert (made.value.months, made.value.unknown) == ((), ("subsidy",))
