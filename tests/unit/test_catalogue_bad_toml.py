"""Every way to be wrong in a file of the catalogue is told with file, key, value and what is allowed."""

from dataclasses import dataclass
from datetime import date

import pytest

from springbrett.catalogue import CatalogueError, Problem
from springbrett.catalogue.overlay import laid_over, text_of

AT, SUBSIDY, VTAO = "measures/arbeidstrening.toml", "measures/midlertidig_lonnstilskudd.toml", "rates/vtao.toml"
LAW = 'ref = "tiltaksforskriften § 3-5"\nsource = "law"'
TEXT = '{ nb = "a", nn = "b", en = "c" }'
SUBSIDIES = f"""[[subsidies]]
from = 2027-01-01
{LAW}
kind = "fixed"
[[subsidies.groups]]
code = "all"
text = {TEXT}
steps = [STEPS]
"""


@dataclass(frozen=True)
class Wrong:
    """What is added to a file, and what the answer must name: the end of the key, the value, and what is allowed."""

    what: str
    file: str
    addition: str
    key: str
    value: object
    allowed: str
    message: str = ""


def step(months: object, percent: object) -> str:
    return f"{{ from_month = {months}, percent = {percent} }}"


CASES = [
    Wrong("a key that is misspelt", AT, f"[[reviews]]\nfrom = 2027-01-01\n{LAW}\nevery_month = 2", "reviews[1]", None,
          "every_months", "every_month"),
    Wrong("a key of the whole file that is not known", AT, "[bonus]\nx = 1", "-", None, "durations", "bonus"),
    Wrong("text where a number belongs", AT, f'[[durations]]\nfrom = 2027-01-01\n{LAW}\nmonths = "nine"',
          "durations[1].months", "nine", "a whole number"),
    Wrong("a part of a month", AT, f"[[durations]]\nfrom = 2027-01-01\n{LAW}\nmonths = 9.5", "durations[1].months", 9.5,
          "a whole number"),
    Wrong("yes in quotes", AT, f'[[durations]]\nfrom = 2027-01-01\n{LAW}\nmonths = 9\ncumulative = "yes"',
          "durations[1].cumulative", "yes", "true or false"),
    Wrong("a date in quotes that is none", AT, f'[[durations]]\nfrom = "1. juli 2027"\n{LAW}\nmonths = 9',
          "durations[1].from", "1. juli 2027", "a date as 2026-01-31"),
    Wrong("a day that is not in the calendar", AT, f"[[durations]]\nfrom = 2027-02-30\n{LAW}\nmonths = 9", "-", None,
          "TOML", "line"),
    Wrong("a year far off", AT, f"[[durations]]\nfrom = 2207-07-01\n{LAW}\nmonths = 9", "durations[1].from",
          date(2207, 7, 1), "2100-01-01"),
    Wrong("an end before the start", AT, f"[[durations]]\nfrom = 2027-07-01\nto = 2027-06-30\n{LAW}\nmonths = 9",
          "durations[1].to", date(2027, 6, 30), "2027-07-01 or later"),
    Wrong("the same date twice", AT, f"[[durations]]\nfrom = 2016-01-01\n{LAW}\nmonths = 9", "durations.from",
          date(2016, 1, 1), "a date after 2016-01-01"),
    Wrong("a date before the one above", AT, f"[[durations]]\nfrom = 2015-07-01\n{LAW}\nmonths = 9", "durations.from",
          date(2015, 7, 1), "a date after 2016-01-01"),
    Wrong("periods that overlap", AT, f"[[durations]]\nfrom = 2027-01-01\nto = 2027-12-31\n{LAW}\nmonths = 9\n"
          f"[[durations]]\nfrom = 2027-07-01\n{LAW}\nmonths = 8", "durations.from", date(2027, 7, 1),
          "a date after 2027-12-31", "overlap"),
    Wrong("a source that is none of the three", AT,
          '[[durations]]\nfrom = 2027-01-01\nref = "house"\nsource = "lov"\nmonths = 9', "durations[1].source", "lov",
          "law"),
    Wrong("an act that is not in the list", AT,
          '[[durations]]\nfrom = 2027-01-01\nref = "tiltaksloven § 3"\nsource = "law"\nmonths = 9', "durations[1].ref",
          "tiltaksloven § 3", "tiltaksforskriften"),
    Wrong("no source at all", AT, '[[durations]]\nfrom = 2027-01-01\nref = "house"\nmonths = 9', "durations[1]", None,
          "source"),
    Wrong("a duration that says nothing", AT, f"[[durations]]\nfrom = 2027-01-01\n{LAW}", "durations", None,
          "months, weeks, unlimited or a note"),
    Wrong("an extension without a length", AT, f"[[durations]]\nfrom = 2027-01-01\n{LAW}\nmonths = 9\n"
          f'[[durations.extensions]]\ncode = "more"\ntext = {TEXT}', "durations.extensions (more)", None,
          "months or weeks"),
    Wrong("a fact that nobody knows", AT, f"[[durations]]\nfrom = 2027-01-01\n{LAW}\nmonths = 9\n"
          f'[[durations.extensions]]\ncode = "more"\nmonths = 12\ntext = {TEXT}\nwhen = [[{{ fact = "shoe_size" }}]]',
          "fact", "shoe_size", "reduced_work_capacity"),
    Wrong("an operator that does not suit the fact", AT, f"[[durations]]\nfrom = 2027-01-01\n{LAW}\nmonths = 9\n"
          f'[[durations.extensions]]\ncode = "more"\nmonths = 12\ntext = {TEXT}\n'
          'when = [[{ fact = "reduced_work_capacity", op = "gt", value = true }]]', "op", "gt", "eq, ne"),
    Wrong("a language that is missing", AT, f'[[practice]]\nfrom = 2027-01-01\n{LAW}\ncode = "x"\n'
          'text = { nb = "a", en = "c" }', "text", None, "nn"),
    Wrong("a language that is empty", AT, f'[[practice]]\nfrom = 2027-01-01\n{LAW}\ncode = "x"\n'
          'text = { nb = "a", nn = " ", en = "c" }', "text.nn", "", "a text"),
    Wrong("practice about nothing there is", AT, f'[[practice]]\nfrom = 2027-01-01\n{LAW}\ncode = "x"\nabout = "luck"\n'
          f"text = {TEXT}", "practice.about (x)", "luck", "durations"),
    Wrong("a measure that does not exist", AT, f'[[combinations]]\nfrom = 2027-01-01\n{LAW}\ncode = "golf"\n'
          'together = "allowed"', "combinations.code", "golf", "arbeidstrening"),
    Wrong("a month that does not exist", AT, f'[[seasons]]\nfrom = 2027-01-01\n{LAW}\nfirst = "06-31"\nlast = "08-31"',
          "seasons.first", "06-31", '"06-01"'),
    Wrong("a month and a day the wrong way", AT,
          f'[[seasons]]\nfrom = 2027-01-01\n{LAW}\nfirst = "06-01"\nlast = "31-8"',
          "seasons.last", "31-8", '"06-01"'),
    Wrong("a needs level that does not exist", AT, f'[[needs_levels]]\nfrom = 2027-01-01\n{LAW}\nlevels = ["much"]',
          "needs_levels.levels", "much", "standard_innsats"),
    Wrong("a question that is no circumstance", AT,
          f'[[agreement.questions]]\nfrom = 2027-01-01\n{LAW}\ncode = "weather"\n'
          'party = "employer"', "agreement.questions.code", "weather", "other_measures_considered"),
    Wrong("a rate that does not exist", AT, f'[[funding]]\nfrom = 2027-01-01\n{LAW}\ncode = "wage_subsidy"\n'
          f'rate = "pocket_money"\ntext = {TEXT}', "funding (wage_subsidy).rate", "pocket_money", "vtao_month"),
    Wrong("a way of paying that does not exist", AT, f'[[funding]]\nfrom = 2027-01-01\n{LAW}\ncode = "gold"\n'
          f"text = {TEXT}", "funding (gold)", "gold", "wage_subsidy"),
    Wrong("over a hundred percent", SUBSIDY, SUBSIDIES.replace("STEPS", step(0, 110)), "steps.percent", 110,
          "0 to 100"),
    Wrong("less than nothing", SUBSIDY, SUBSIDIES.replace("STEPS", step(0, -5)), "steps.percent", -5, "0 to 100"),
    Wrong("steps in the wrong order", SUBSIDY,
          SUBSIDIES.replace("STEPS", f"{step(0, 60)}, {step(12, 50)}, {step(6, 40)}"), "steps.from_month", 6,
          "more than 12"),
    Wrong("steps that do not begin at the start", SUBSIDY, SUBSIDIES.replace("STEPS", step(6, 40)), "steps", None,
          "from_month = 0"),
    Wrong("an amount in words", VTAO, f'[[rate.values]]\nfrom = 2027-01-01\n{LAW}\namount = "7 150"',
          "amount (vtao_month)", "7 150", "a number"),
    Wrong("a rate twice", VTAO, f'[[rate]]\ncode = "vtao_month"\nname = {TEXT}\nunit = "NOK"\n'
          f"values = [{{ from = 2027-01-01, {LAW.replace(chr(10), ', ')}, amount = 1 }}]", "rate[1].code", "vtao_month",
          "each code once"),
    Wrong("a unit that is not known", VTAO, f'[[rate]]\ncode = "x"\nname = {TEXT}\nunit = "kroner"\nvalues = []',
          "rate[1].unit (x)", "kroner", "NOK_per_month"),
    Wrong("rates out of order", VTAO, f"[[rate.values]]\nfrom = 2020-01-01\n{LAW}\namount = 1",
          "values.from (vtao_month)",
          date(2020, 1, 1), "a date after 2025-01-01"),
    Wrong("a bracket too few", AT, "[[durations]\nmonths = 9", "-", None, "TOML", "line"),
    Wrong("a code twice in a list", "codes/party.toml", f'[[code]]\ncode = "employer"\nname = {TEXT}',
          "code[3].code", "employer", "each code once"),
]  # fmt: skip


def problems(case: Wrong) -> tuple[Problem, ...]:
    with pytest.raises(CatalogueError) as caught:
        laid_over({case.file: f"{text_of(case.file)}\n{case.addition}\n".encode()})
    return caught.value.problems


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what.replace(" ", "-"))
def test_the_mistake_is_told_with_file_key_value_and_what_is_allowed(case: Wrong) -> None:
    found = problems(case)
    told = [str(problem) for problem in found]
    problem = next((p for p in found if p.key.endswith(case.key)), None)
    assert problem is not None, told
    assert problem.value == case.value, told
    assert case.allowed in problem.allowed, told
    assert case.message in problem.message, told
    assert problem.file == case.file, told
    assert problem.file in str(problem)
    assert problem.key in str(problem)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what.replace(" ", "-"))
def test_one_mistake_is_told_once(case: Wrong) -> None:
    assert len(problems(case)) == 1, [str(problem) for problem in problems(case)]


def test_two_mistakes_in_two_files_are_both_told() -> None:
    first, second = CASES[2], next(case for case in CASES if case.what == "an amount in words")
    with pytest.raises(CatalogueError) as caught:
        laid_over({case.file: f"{text_of(case.file)}\n{case.addition}\n".encode() for case in (first, second)})
    assert {problem.file for problem in caught.value.problems} == {first.file, second.file}
