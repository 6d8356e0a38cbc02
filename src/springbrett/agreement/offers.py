"""What a measure lets its agreement form offer: choices, questions, declarations, and how many rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from springbrett import catalogue
from springbrett.agreement import explain, rules
from springbrett.agreement.fields import Choices, codes
from springbrett.agreement.records import DECLARED, AgreementContent
from springbrett.catalogue.structs import Measure
from springbrett.kernel import clock

RAMP_ROWS = 4
"""How many rows for the hours the form offers; more when the agreement already has more."""
GRANT_ROWS = 3
"""The same for the expenses of a grant."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The choices of one measure's form on a day. An empty `purposes` means that the purpose is free text."""

    parts: tuple[str, ...]
    purposes: Choices
    adaptations: Choices
    days: Choices
    mentors: Choices
    contact_weeks: Choices
    report_months: Choices
    expense_kinds: Choices
    declared: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    agrees_percent: bool
    ramp_rows: range
    grant_rows: range


def offers_for(
    measure: Measure, on: date, *, mentors: Iterable[tuple[str, str]] = (), content: AgreementContent | None = None,
    posted: Iterable[str] = (), facts: Mapping[str, object] | None = None,
) -> Offers:  # fmt: skip
    """What the measure's form offers by the rules of the day.

    The registered purposes belong to measures with chains of effects, which say what each purpose leads to; for the
    others the purpose is written in the parties' own words. `facts` leave out questions that surely do not concern the
    person; one that depends on another answer is always there, since the page must work without scripts.
    """
    known = catalogue.load()
    held = content or AgreementContent()
    names = tuple(posted)
    weeks = known.house_value("first_contact_weeks_allowed", clock.today())
    asked = {rule.fact for rule in rules.asked_rules(measure, on)}
    months = sorted({duty.after_months for duty in measure.reports_on(on) if duty.at == "after_months"})
    questions = measure.agreement.questions_on(on, dict(facts or {})) if measure.agreement else ()
    subsidy = measure.subsidy_on(on)
    return Offers(
        parts=measure.agreement.parts if measure.agreement else (),
        purposes=codes("purpose") if measure.chains else [],
        adaptations=codes("adaptation"),
        days=codes("weekday"),
        mentors=[("", ""), *mentors],
        contact_weeks=[("", ""), *((str(n), str(n)) for n in (weeks if isinstance(weeks, tuple) else ()))],
        report_months=[(str(month), str(month)) for month in months],
        expense_kinds=[("", ""), *(codes("expense_kind") if "expense_kind" in known.lists else [])],
        declared=tuple(name for name in DECLARED if name in asked),
        questions=tuple((q.code, known.name("circumstance", q.code, explain.language())) for q in questions),
        agrees_percent=subsidy is not None and subsidy.kind == "maximum",
        ramp_rows=_rows(RAMP_ROWS, len(held.hours_ramp), names, "ramp_from_"),
        grant_rows=_rows(GRANT_ROWS, len(held.grant), names, "grant_kind_"),
    )


def _rows(least: int, held: int, posted: tuple[str, ...], prefix: str) -> range:
    """Row numbers: at least so many, one more than what is held, and all that somebody posted."""
    sent = sum(name.startswith(prefix) for name in set(posted))
    return range(1, max(least, held + (held >= least), sent) + 1)
