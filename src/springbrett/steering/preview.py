"""A change set before it goes live: which running agreements and open cases would get another answer.

The catalogue as it would be is only held in memory. Every agreement is pictured twice, by the catalogue in force and by
the one to come, with the same facts; what differs between the pictures is shown. Nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet

from springbrett import catalogue
from springbrett.access.policy import OfficeAction, may_on_office, require
from springbrett.access.roles import Role, Viewer
from springbrett.agreement.context import context_for
from springbrett.agreement.costs import estimate_of
from springbrett.agreement.facts import Context
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import AgreementContent
from springbrett.agreement.rules import check
from springbrett.agreement.selectors import current, newest_version
from springbrett.catalogue import Catalogue
from springbrett.catalogue.compare import Difference
from springbrett.choice.chaining import counted
from springbrett.choice.placements import stays_of
from springbrett.choice.rules import eligibility, latest_end
from springbrett.followup.facts import Facts, facts_of
from springbrett.followup.records import Kind
from springbrett.followup.rules import plan
from springbrett.followup.terms import terms_of
from springbrett.funding.rules import fingerprint
from springbrett.kernel.trace import Traced
from springbrett.kernel.verdict import Answer, Severity, Verdict
from springbrett.ledger.models import Event
from springbrett.mapping.selectors import confirmed_version_of, profile_of
from springbrett.money.records import Schedule
from springbrett.people.models import Case
from springbrett.people.selectors import cases_for

AT_A_TIME = 50
"""How many cases one page looks through; the next page goes on after the last of them."""
What = Literal["rule", "latest_end", "latest_end_possible", "review", "report", "amount", "option"]


@dataclass(frozen=True, slots=True)
class Shift:
    """One thing that would be another: `before` gives way to `after`.

    rule and option: verdicts (option: `code` is the measure); latest_end…: days, None for no end; review and report:
    the days still to come; amount: kroner in the calendar year `code`, None where it is not known.
    """

    what: What
    code: str
    before: Verdict | date | tuple[date, ...] | int | None
    after: Verdict | date | tuple[date, ...] | int | None


@dataclass(frozen=True, slots=True)
class CaseShift:
    """What would change for one case. `agreement_id` None: it has no agreement yet. `name` only for who may list it."""

    case_id: UUID
    office: str
    name: str
    agreement_id: UUID | None
    measure: str
    draft: bool
    shifts: tuple[Shift, ...]

    @property
    def reference(self) -> str:
        """A short reference that names nobody."""
        return str(self.case_id)[:8]


@dataclass(frozen=True, slots=True)
class Looked:
    """The cases that would get another answer among those looked through.

    `seen` of `total` cases have been looked through up to and with this page; `last` is where the next page begins.
    """

    cases: tuple[CaseShift, ...]
    seen: int
    total: int
    last: UUID | None

    @property
    def by_office(self) -> tuple[tuple[str, int], ...]:
        """How many cases would get another answer, by office."""
        found: dict[str, set[UUID]] = {}
        for row in self.cases:
            found.setdefault(row.office, set()).add(row.case_id)
        return tuple((office, len(cases)) for office, cases in sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Picture:
    """An agreement as one edition of the catalogue judges it."""

    verdicts: Mapping[str, Verdict]
    latest_end: date | None
    latest_end_possible: date | None
    reviews: tuple[date, ...]
    reports: tuple[date, ...]
    amounts: Mapping[str, int | None]


def affected(
    viewer: Viewer, edition: Catalogue, difference: Difference, on: date, after: UUID | None = None,
    limit: int = AT_A_TIME,
) -> Looked:  # fmt: skip
    """The cases that would get another answer on the day, the first `limit` cases after `after`.

    An administrator sees every case that is not protected, by reference; a leader own office's, by name; the system
    all. Raises Denied for anybody else.
    """
    open_to = _open_to(viewer)
    total = open_to.count()
    seen = open_to.filter(pk__lte=after).count() if after else 0
    further = open_to.filter(pk__gt=after) if after else open_to
    page = list(further.order_by("pk").values_list("pk", flat=True)[:limit])
    measures = touched(catalogue.load(), edition, difference)
    cases = list(Case.objects.select_related("person", "office").filter(pk__in=page).order_by("pk"))
    rows = tuple(_rows(viewer, cases, edition, measures, on)) if measures else ()
    seen += len(page)
    return Looked(rows, seen, total, page[-1] if page and seen < total else None)


def touched(old: Catalogue, new: Catalogue, difference: Difference) -> frozenset[str]:
    """The measures whose answers the difference can change."""
    found = set(difference.measures)
    found |= {chain.measure for code in difference.chains for known in (old, new) if (chain := known.chains.get(code))}
    if difference.rates:
        found |= {m.code for m in new.measures.values() if m.subsidies or m.funding}
    if difference.house:
        found |= set(new.measures)
    return frozenset(code for code in found if code in old.measures and code in new.measures)


def _open_to(viewer: Viewer) -> QuerySet[Case]:
    """The cases the viewer may preview. Raises Denied for anybody but an administrator, a leader and the system."""
    if viewer.role is Role.SYSTEM:
        return Case.objects.all()
    if viewer.role is Role.ADMINISTRATOR:
        require(may_on_office(viewer, OfficeAction.ADMINISTER))
        return Case.objects.all() if viewer.cleared_for_protected else Case.objects.filter(person__protection="none")
    require(may_on_office(viewer, OfficeAction.SEE_OFFICE))
    return cases_for(viewer)


def _rows(
    viewer: Viewer, cases: list[Case], edition: Catalogue, measures: frozenset[str], on: date
) -> Iterator[CaseShift]:
    by_case = {case.id: case for case in cases}
    agreements = list(
        Agreement.objects.filter(case_id__in=by_case, ended_on__isnull=True, discarded_at__isnull=True)
        .select_related("case__person", "case__office", "workplace__employer")
        .prefetch_related("versions", "approvals")
        .order_by("case_id", "created_at")
    )
    facts = facts_of([agreement.id for agreement in agreements])
    for agreement in agreements:
        if agreement.measure in measures:
            running = current(agreement)
            content = running.content if running else newest_version(agreement).record
            shifts = tuple(_agreement_shifts(agreement, content, edition, facts[agreement.id], on))
            if shifts:
                yield _row(viewer, by_case[agreement.case_id], shifts, agreement, draft=running is None)
    settled = {agreement.case_id for agreement in agreements} | _decided(by_case)
    for case in cases:
        shifts = () if case.id in settled else tuple(_option_shifts(case, edition, measures, on))
        if shifts:
            yield _row(viewer, case, shifts, None, draft=True)


def _row(
    viewer: Viewer, case: Case, shifts: tuple[Shift, ...], agreement: Agreement | None, *, draft: bool
) -> CaseShift:
    named = viewer.role is Role.OFFICE_LEADER
    return CaseShift(
        case.id, case.office.name, case.person.name if named else "", agreement.id if agreement else None,
        agreement.measure if agreement else "", draft, shifts,
    )  # fmt: skip


def _decided(cases: Iterable[UUID]) -> set[UUID | None]:
    """Cases whose outcome is decided: nothing is left to answer in them."""
    rows = Event.objects.filter(action="outcome.decided", case_id__in=list(cases))
    return set(rows.values_list("case_id", flat=True))


def _agreement_shifts(
    agreement: Agreement, content: AgreementContent, edition: Catalogue, facts: Facts, on: date
) -> Iterator[Shift]:
    context = context_for(Viewer.system(), agreement, on)
    pictures = [
        picture(agreement, content, by_edition(context, agreement, content, known), facts, on)
        for known in (catalogue.load(), edition)
    ]
    yield from shifts_between(*pictures)


def by_edition(context: Context, agreement: Agreement, content: AgreementContent, known: Catalogue) -> Context:
    """The same facts with the rules, rates and house values of another edition."""
    measure = known.measure(agreement.measure)
    on = content.start or context.on
    moved = replace(
        context,
        measure=measure,
        known=known,
        chain=known.chains.get(agreement.chain),
        used=counted(measure, context.stays, on),
        max_week_hours=float(str(known.house_value("max_week_hours", context.on))),
    )
    found = _estimate(content, moved)
    if context.money is None or found is None:
        return moved
    return replace(moved, money=replace(context.money, fingerprint=fingerprint(found.value), total=found.value.total))


def picture(agreement: Agreement, content: AgreementContent, context: Context, facts: Facts, on: date) -> Picture:
    """What the edition in the context answers for the agreement, with what is done so far."""
    known = context.known or catalogue.load()
    ends = content.start and latest_end(context.measure, content.start, context.used, context.facts_with(content))
    days: dict[Kind, list[date]] = {Kind.REVIEW: [], Kind.REPORT: []}
    if content.start and content.end:
        terms = replace(terms_of(content, known, agreement.measure, agreement.chain), extras=facts.extras)
        for duty in plan(terms, facts.done, on):
            if duty.kind in days and duty.done_on is None:
                days[duty.kind].append(duty.due_on)
    return Picture(
        verdicts=_by_rule(check(content, context).children),
        latest_end=ends.certain if ends else None,
        latest_end_possible=ends.possible if ends else None,
        reviews=tuple(days[Kind.REVIEW]),
        reports=tuple(days[Kind.REPORT]),
        amounts=_amounts(_estimate(content, context)),
    )


def shifts_between(before: Picture, after: Picture) -> Iterator[Shift]:
    """What differs between two pictures: other answers, other days, other amounts."""
    for rule in dict.fromkeys([*before.verdicts, *after.verdicts]):
        old, new = before.verdicts.get(rule), after.verdicts.get(rule)
        if _said(old) != _said(new):
            yield Shift("rule", rule.partition("#")[0], old, new)
    days: list[tuple[What, date | None, date | None]] = [
        ("latest_end", before.latest_end, after.latest_end),
        ("latest_end_possible", before.latest_end_possible, after.latest_end_possible),
    ]
    yield from (Shift(what, "", old, new) for what, old, new in days if old != new)
    rows: list[tuple[What, tuple[date, ...], tuple[date, ...]]] = [
        ("review", before.reviews, after.reviews), ("report", before.reports, after.reports)
    ]  # fmt: skip
    yield from (Shift(what, "", old_days, new_days) for what, old_days, new_days in rows if old_days != new_days)
    for year in sorted({*before.amounts, *after.amounts}):
        if before.amounts.get(year) != after.amounts.get(year):
            yield Shift("amount", year, before.amounts.get(year), after.amounts.get(year))


def _option_shifts(case: Case, edition: Catalogue, measures: frozenset[str], on: date) -> Iterator[Shift]:
    """How the measures stand to a case that has no agreement yet."""
    version = confirmed_version_of(case)
    if version is None:
        return
    profile, stays = profile_of(case, version), stays_of(case.person_id)
    for code in sorted(measures):
        old, new = (
            eligibility(known.measures[code], profile, on, counted(known.measures[code], stays, on), stays=stays)
            for known in (catalogue.load(), edition)
        )
        if [(v.rule, v.answer) for v in (old, *old.children)] != [(v.rule, v.answer) for v in (new, *new.children)]:
            yield Shift("option", code, old, new)


def _estimate(content: AgreementContent, context: Context) -> Traced[Schedule] | None:
    facts = context.facts_with(content)
    return estimate_of(content, context.measure, facts, context.earlier, known=context.known)


def _amounts(found: Traced[Schedule] | None) -> dict[str, int | None]:
    """Kroner by calendar year; None for all of them when something the sum rests on is not known."""
    if found is None:
        return {}
    return {str(year): amount if found.value.complete else None for year, amount in found.value.by_year().items()}


def _said(verdict: Verdict | None) -> tuple[Answer, Severity] | None:
    return None if verdict is None else (verdict.answer, verdict.severity)


def _by_rule(verdicts: Iterable[Verdict]) -> dict[str, Verdict]:
    """Verdicts by their rule; one that is asked several times is numbered."""
    found: dict[str, Verdict] = {}
    for verdict in verdicts:
        same = sum(key.partition("#")[0] == verdict.rule for key in found)
        found[f"{verdict.rule}#{same}" if same else verdict.rule] = verdict
    return found
