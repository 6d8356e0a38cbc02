"""How the money rules, the calendar and the identity numbers answer the shared agreement cases: op → answers.

A handler takes a case and gives the answers by the same keys as the case's `expect`. Money is counted by the rules of
the first day; a case without a date is asked on `ANY_DAY`.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from springbrett import catalogue
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.money import Subsidy
from springbrett.kernel.identity import IdentityError, NationalId, OrganisationNumber, age_on
from springbrett.kernel.period import Period, split_at, split_per_month
from springbrett.money import checks, estimate, grant, mentor, places, refund, subsidy
from springbrett.money.arithmetic import conventions
from springbrett.money.records import GrantItem, MentorTerms, Schedule, Terms, WageTerms
from springbrett.money.wage import monthly_subsidy, wage_cost

Case = dict[str, Any]
Answers = dict[str, Any]

ANY_DAY = date(2024, 6, 3)
ADULT, THIRTY = 16, 30


def _known() -> Catalogue:
    return catalogue.load()


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def must(text: str) -> date:
    return date.fromisoformat(text)


def span(pair: list[str]) -> Period:
    return Period(must(pair[0]), must(pair[1]))


def number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def facts_of(given: dict[str, Any]) -> dict[str, object]:
    """The facts a needs level stands for: by its newer code, the level it names and whether capacity is reduced."""
    code = given.get("innsatsgruppe")
    for level in _known().needs_levels:
        if code in {level.code, *(new.code for new in level.new_names)}:
            return {"needs_level": level.code, "reduced_work_capacity": "nedsatt" in code or level.rank == LASTING}
    return {}


LASTING = 4
"""The rank of the highest needs level: lastingly reduced work capacity."""


def _wage(given: dict[str, Any]) -> WageTerms:
    return WageTerms(
        number(given.get("monthly_wage")), number(given["holiday_rate"]), number(given["otp"]),
        number(given["employer_tax"]),
    )  # fmt: skip


def _whole(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount)


def _subsidy(measure: str, on: date) -> Subsidy:
    found = _known().measure(measure).subsidy_on(on)
    assert found is not None, measure
    return found


def age(case: Case) -> Answers:
    given = case["given"]
    born, today = must(given["birth_date"]), must(given["today"])
    start = day(given.get("start")) or today
    return {
        "under_16": age_on(born, today) < ADULT,
        "over_30": age_on(born, today) >= THIRTY,
        "over_30_on_1_jan_this_year": age_on(born, today.replace(month=1, day=1)) >= THIRTY,
        "over_30_at_start": age_on(born, start) >= THIRTY,
    }


def _accepted(parse: Callable[[str | None], object], value: str | None) -> bool:
    try:
        parse(value)
    except IdentityError:
        return False
    return True


def fnr_valid(case: Case) -> Answers:
    return {"valid": _accepted(NationalId.parse, case["given"]["value"])}


def orgnr_valid(case: Case) -> Answers:
    return {"valid": _accepted(OrganisationNumber.parse, case["given"]["value"])}


def _texts(periods: tuple[Period, ...]) -> list[list[str]]:
    return [[str(period.start), str(period.last)] for period in periods]


def cut_at(case: Case) -> Answers:
    return {"periods": _texts(split_at(span(case["given"]["period"]), map(must, case["given"]["cuts"])))}


def cut_per_month(case: Case) -> Answers:
    parts = split_per_month(span(case["given"]["period"]))
    return {"periods": _texts(parts), "count": len(parts)}


def cost(case: Case) -> Answers:
    found = wage_cost(_wage(case["given"]), _known(), ANY_DAY).value
    percent = number(case["given"].get("percent"))
    subsidised = None
    if found.total is not None and percent is not None:
        subsidised = monthly_subsidy(found.total, percent, conventions(_known(), ANY_DAY))
    return {
        "holiday_pay": _whole(found.holiday_pay),
        "otp_amount": _whole(found.pension),
        "employer_tax_amount": _whole(found.contribution),
        "wage_cost": _whole(found.total),
        "subsidy_month": subsidised,
    }


def otp_rate(case: Case) -> Answers:
    return {"ok": checks.check_pension(number(case["given"]["otp"]), _known(), ANY_DAY).met}


def mentor_hourly(case: Case) -> Answers:
    given = case["given"]
    share = Decimal(given["position_percent"])
    return {"hourly": mentor.hourly(given["basis"], Decimal(given["wage"]), share, _known(), ANY_DAY).value}


def mentor_cost(case: Case) -> Answers:
    given, measure = case["given"], _known().measure("mentor")
    if "missing" in given:
        terms = MentorTerms("hour", Decimal(400), None, Decimal(10), None, Decimal(0), Decimal(0))
        assert given["missing"] == "holiday_rate"
        found = estimate.estimate(measure, {}, Period(ANY_DAY, ANY_DAY), Terms(mentor=terms), _known())
        assert found is not None
        return {"cost_month": None if found.value.unknown else found.value.total}
    terms = MentorTerms(
        "hour", number(given["hourly"]), None, number(given["hours_month"]), number(given["holiday_rate"]),
        number(given["otp"]), number(given["employer_tax"]),
    )  # fmt: skip
    found = estimate.estimate(measure, {}, span([given["start"], given["end"]]), Terms(mentor=terms), _known())
    assert found is not None
    return {"total": found.value.total}


def percent_for_period(case: Case) -> Answers:
    given = case["given"]
    started, asked = must(given["agreement_start"]), must(given["period"][0])
    agreed = number(given.get("agreed_percent"))
    found = _subsidy(case["measure"], started)
    return {"percent": subsidy.percent_on(found, facts_of(given), started, asked, agreed)}


def start_percent(case: Case) -> Answers:
    found = _subsidy(case["measure"], ANY_DAY)
    return {"percent": subsidy.start_percent(found, facts_of(case["given"]))}


def reduction_dates(case: Case) -> Answers:
    given = case["given"]
    period = Period(must(given["start"]), day(given["end"]))
    found = _subsidy(case["measure"], period.start)
    dates = subsidy.step_dates(found, facts_of(given), period, agreed=number(given.get("percent")))
    return {"dates": [str(found_on) for found_on in dates]}


def _whole_cost(amount: int) -> WageTerms:
    """Terms whose wage cost is the amount: all of it wage."""
    return WageTerms(Decimal(amount), Decimal(0), Decimal(0), Decimal(0))


def _plan(case: Case, amount: int) -> Schedule:
    given = case["given"]
    measure = _known().measure(case["measure"])
    terms = Terms(_whole_cost(amount), number(given.get("percent")))
    period = span([given["start"], given["end"]])
    if case["measure"] == "vtao":
        return _single_place(measure, period)
    facts = facts_of(given) or _facts_of_percent(case)
    found = estimate.estimate(measure, facts, period, terms, _known())
    return found.value if found else Schedule()


def _single_place(measure: Measure, period: Period) -> Schedule:
    """A place in an ordinary business. Before chapter 14A it was a single VTA place (§ 14-2), paid by the same rate."""
    funding = next(found for found in measure.funding if found.rate)
    return places.schedule(period, funding, _known()).value


def _facts_of_percent(case: Case) -> dict[str, object]:
    """A fixed percentage that the case states tells which group the person is in."""
    given = case["given"]
    found = _known().measure(case["measure"]).subsidy_on(must(given["start"]))
    if found is None or found.kind != "fixed" or "percent" not in given:
        return {}
    both = ({"reduced_work_capacity": True}, {"reduced_work_capacity": False})
    return next(facts for facts in both if subsidy.start_percent(found, facts) == given["percent"])


def subsidy_periods(case: Case) -> Answers:
    return {"amounts": [month.amount for month in _plan(case, case["given"]["wage_cost_month"]).months]}


def subsidy_period_count(case: Case) -> Answers:
    plan = _plan(case, 40000)
    first = plan.months[0].amount if plan.months else None
    return {"count": len(plan.months), "first_amount": first, "total": plan.total}


def first_and_last_percent(case: Case) -> Answers:
    plan = _plan(case, 40000)
    return {"first": plan.months[0].percent, "last": plan.months[-1].percent}


def percent_input(case: Case) -> Answers:
    measure = _known().measure(case["measure"])
    verdict = checks.check_percent(measure, {}, ANY_DAY, number(case["given"]["percent"]))
    assert verdict is not None
    return {"ok": verdict.met}


def refund_amount(case: Case) -> Answers:
    given = case["given"]
    gross = sum(Decimal(str(amount)) for _kind, amount in given["income"])
    claim = refund.Claim(
        terms=_wage({**given, "monthly_wage": gross}),
        percent=Decimal(given["percent"]),
        corrected_gross=number(given.get("corrected_gross")),
        agreed_amount=given.get("subsidy_amount"),
        already_paid=given.get("already_paid", 0),
    )
    return {"refund": refund.refund(claim, _known(), ANY_DAY).value}


def refund_deadline(case: Case) -> Answers:
    found = refund.deadline(must(case["given"]["period_end"]), _known(), case["given"]["months"])
    return {"deadline": str(found.value)}


def rate(case: Case) -> Answers:
    given = case["given"]
    year = given.get("year", given.get("year_of_end_date"))
    code = "vtao_month" if case["measure"] == "vtao" else grant.CEILING
    found = [_known().rate_on(code, date(year, month, 1)) for month in (1, 12)]
    amounts = {value.amount for value in found if value}
    assert len(amounts) == 1, "the rate is one for the whole year"
    return {"monthly": amounts.copy().pop(), "max_sum": amounts.pop()}


def inclusion_grant_sum(case: Case) -> Answers:
    items = [GrantItem("work_aids", Decimal(amount), "-") for amount in case["given"]["items"]]
    return {"ok": grant.check_items(items, must(case["given"]["end"]), _known()).met}


HANDLERS: dict[str, Callable[[Case], Answers]] = {
    "age": age,
    "fnr_valid": fnr_valid,
    "orgnr_valid": orgnr_valid,
    "split_at": cut_at,
    "split_per_month": cut_per_month,
    "wage_cost": cost,
    "otp_rate": otp_rate,
    "mentor_hourly": mentor_hourly,
    "mentor_cost": mentor_cost,
    "percent_for_period": percent_for_period,
    "start_percent": start_percent,
    "reduction_dates": reduction_dates,
    "subsidy_periods": subsidy_periods,
    "subsidy_period_count": subsidy_period_count,
    "subsidy_first_last_percent": first_and_last_percent,
    "subsidy_percent_input": percent_input,
    "refund_amount": refund_amount,
    "refund_deadline": refund_deadline,
    "rate": rate,
    "inclusion_grant_sum": inclusion_grant_sum,
}
