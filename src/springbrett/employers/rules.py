"""An employer's record, read from what the ledger tells, and the signs worth a look. Pure functions."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from springbrett.employers.records import EmployerHistory, Stay, StayEnd
from springbrett.kernel.period import add_months
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict

STARTED, EXTENDED, ENDED, DECIDED = "agreement.started", "followup.extended", "agreement.ended", "outcome.decided"
CORRECTED = "outcome.corrected"
TOLD_BY = (STARTED, EXTENDED, ENDED, DECIDED, CORRECTED)
"""The events an employer's record is read from."""
HIRED, WAGE_SUBSIDY, JOB_AIM, POSITION_COMING = "job_same_employer", "wage_subsidy", "job_in_company", "position_coming"
HOUSE = Ref("house", "", "house")


@dataclass(frozen=True, slots=True)
class SignLimits:
    """The house's own limits for what is worth a look: months back, finished stays, extensions, percent of staff."""

    lookback_months: int
    participants_without_hires: int
    extensions: int
    vacancy_extensions: int
    concurrent_share_percent: int


class Told(Protocol):
    """What this room reads of a ledger event."""

    @property
    def action(self) -> str: ...
    @property
    def occurred_on(self) -> date: ...
    @property
    def case_id(self) -> UUID | None: ...
    @property
    def person_id(self) -> UUID | None: ...
    @property
    def employer_id(self) -> UUID | None: ...
    @property
    def object_kind(self) -> str: ...
    @property
    def object_id(self) -> UUID | None: ...
    @property
    def facts(self) -> Mapping[str, object]: ...


def stays(events: Iterable[Told]) -> tuple[Stay, ...]:
    """The stays that the events tell of, in the order they began. Events must come oldest first.

    A later event belongs to the agreement it names; one that names none belongs to the newest stay of its case.
    """
    told: dict[UUID, Stay] = {}
    newest: dict[UUID | None, UUID] = {}
    for event in events:
        key = _agreement(event) or newest.get(event.case_id)
        if event.action == STARTED and key is not None and event.employer_id is not None:
            told[key] = _begun(key, event.employer_id, event)
            newest[event.case_id] = key
        elif key in told:
            told[key] = _told_more(told[key], event)
    return tuple(told.values())


def history(stays: Collection[Stay], *, on: date, signs: SignLimits, staff: int | None = None) -> EmployerHistory:
    """The record in figures on a day. `staff` is how many work for the employer, None if not known."""
    finished = [stay for stay in stays if not stay.running]
    starts = sorted(stay.start for stay in stays if stay.start is not None)
    early = Counter(stay.ended.reason for stay in finished if stay.ended and _early(stay))
    record = EmployerHistory(
        placements=len(stays),
        running=sum(1 for stay in stays if stay.running and (stay.start is None or stay.start <= on)),
        finished=len(finished),
        hired=sum(HIRED in stay.outcomes for stay in stays),
        wage_subsidy=sum(WAGE_SUBSIDY in stay.outcomes for stay in stays),
        job_aim=sum(stay.main_purpose == JOB_AIM for stay in finished),
        extensions=sum(len(stay.extended) for stay in stays),
        early_ends=tuple(sorted(early.items(), key=lambda item: (-item[1], item[0]))),
        first_start=starts[0] if starts else None,
        last_start=starts[-1] if starts else None,
    )
    return replace(record, signs=signs_of(stays, record.running, staff, on, signs))


def signs_of(
    stays: Iterable[Stay], running: int, staff: int | None, on: date, limits: SignLimits
) -> tuple[Verdict, ...]:
    """What may be worth a look, one verdict each. They inform with figures and stop nothing."""
    since = add_months(on, -limits.lookback_months)
    recent = [stay for stay in stays if stay.ended is None or stay.ended.on >= since]
    return (
        some_are_hired(recent, limits.participants_without_hires),
        seldom_extended_twice(recent, limits.extensions),
        vacancies_come(recent, limits.vacancy_extensions),
        participants_are_few_among_staff(running, staff, limits.concurrent_share_percent),
    )


def some_are_hired(stays: Iterable[Stay], enough: int) -> Verdict:
    """Of several finished stays with an employer, some lead to work there. With fewer than `enough` one cannot say."""
    finished = [stay for stay in stays if not stay.running]
    hired = sum(HIRED in stay.outcomes or WAGE_SUBSIDY in stay.outcomes for stay in finished)
    known = Answer.UNKNOWN if not hired and len(finished) < enough else Answer.of(hired > 0)
    facts = (
        Fact("finished_stays", len(finished)),
        Fact("hired_after", hired),
        Fact("job_was_the_aim", sum(stay.main_purpose == JOB_AIM for stay in finished)),
        Fact("enough_to_say", enough),
    )
    return Verdict("some_are_hired", known, Severity.INFO, HOUSE, facts, ("hired_after",))


def seldom_extended_twice(stays: Iterable[Stay], many: int) -> Verdict:
    """A stay is seldom extended again and again; `many` extensions of one stay is worth a look."""
    extended = [len(stay.extended) for stay in stays]
    again = sum(count >= many for count in extended)
    facts = (Fact("extended_again", again), Fact("extensions", sum(extended)), Fact("enough_to_say", many))
    return Verdict("seldom_extended_twice", Answer.of(again == 0), Severity.INFO, HOUSE, facts, ("extensions",))


def vacancies_come(stays: Iterable[Stay], many: int) -> Verdict:
    """When stays are extended because a post is coming, somebody is hired in the end."""
    told = list(stays)
    promised = sum(stay.extended.count(POSITION_COMING) for stay in told)
    hired = sum(HIRED in stay.outcomes for stay in told)
    facts = (Fact("post_was_coming", promised), Fact("hired_after", hired), Fact("enough_to_say", many))
    kept = Answer.of(promised < many or hired > 0)
    return Verdict("vacancies_come", kept, Severity.INFO, HOUSE, facts, ("hired_after",))


def participants_are_few_among_staff(running: int, staff: int | None, percent: int) -> Verdict:
    """Those who are placed with an employer are few beside its own staff. Unknown without the number of staff."""
    few = None if not staff else running * 100 <= staff * percent
    facts = (Fact("running_stays", running), Fact("staff_count", staff), Fact("share_percent", percent))
    return Verdict("participants_are_few_among_staff", Answer.of(few), Severity.INFO, HOUSE, facts, ("staff_count",))


def _begun(key: UUID, employer_id: UUID, event: Told) -> Stay:
    said = event.facts
    return Stay(
        key=key,
        employer_id=employer_id,
        case_id=event.case_id,
        person_id=event.person_id,
        measure=str(said.get("measure") or ""),
        chain=str(said.get("chain") or ""),
        main_purpose=str(said.get("main_purpose") or ""),
        start=_day(said.get("start")),
        end=_day(said.get("end")),
    )


def _told_more(stay: Stay, event: Told) -> Stay:
    if event.action == EXTENDED:
        reason = str(event.facts.get("reason") or "")
        return replace(stay, extended=(*stay.extended, reason), end=_day(event.facts.get("end")) or stay.end)
    if event.action == ENDED:
        on = _day(event.facts.get("ended_on")) or event.occurred_on
        return replace(stay, ended=StayEnd(str(event.facts.get("reason") or ""), on))
    outcomes = event.facts.get("outcomes")
    return replace(stay, outcomes=tuple(str(code) for code in outcomes) if isinstance(outcomes, list) else ())


def _early(stay: Stay) -> bool:
    """Whether the stay ended before its agreed last day (a stay without one counts by its reason being no plan)."""
    if stay.ended is None or stay.ended.reason == "planned_end":
        return False
    return stay.end is None or stay.ended.on < stay.end


def _agreement(event: Told) -> UUID | None:
    named = event.facts.get("agreement")
    if isinstance(named, str):
        return UUID(named)
    return event.object_id if event.object_kind == "agreement" else None


def _day(value: object) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None
