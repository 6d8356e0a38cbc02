"""What is owed when, and where it stands: pure functions of terms, dated facts and a day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from springbrett.followup.records import (
    CASEWORKER,
    EMPLOYER,
    EVERYONE,
    HOUSE,
    PARTICIPANT,
    ContactDone,
    Done,
    Duty,
    DutyStatus,
    Every,
    ExtraItem,
    Kind,
    ReportTerm,
    State,
    Terms,
)
from springbrett.kernel.period import add_months
from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Ref

NO_MEETING = frozenset({"message", "other_service", "startup_meeting"})
"""Contact kinds that do not count in the rhythm: nobody was talked with, or the placement had not begun."""
BETWEEN_THE_TWO = frozenset({PARTICIPANT, CASEWORKER})
NOBODY_ANSWERED = "no_answer"
MUST_ATTEND: Mapping[str, frozenset[str]] = {
    "startup_meeting": frozenset({PARTICIPANT, EMPLOYER}),
    "joint_meeting": frozenset({PARTICIPANT, EMPLOYER}),
    "participant_meeting": frozenset({PARTICIPANT}),
    "phone_participant": frozenset({PARTICIPANT}),
    "employer_meeting": frozenset({EMPLOYER}),
    "phone_employer": frozenset({EMPLOYER}),
}
"""Who must have taken part for a contact to be of the kind; a visit or a video meeting can be with either."""
MAY_NOT_ATTEND: Mapping[str, frozenset[str]] = {
    "participant_meeting": frozenset({EMPLOYER}),
    "phone_participant": frozenset({EMPLOYER}),
    "employer_meeting": frozenset({PARTICIPANT}),
    "phone_employer": frozenset({PARTICIPANT}),
}
_AFTER_THE_END = frozenset({Kind.OUTCOME})


def after(every: Every, base: date) -> date:
    """The day one interval after `base`: calendar months (clamped to the month's end), or weeks and days."""
    return add_months(base, every.months) if every.months else base + timedelta(weeks=every.weeks, days=every.days)


def strictest(law: Every, agreed: Every) -> Every:
    """The review is held at least as often as the regulation says; an agreement may be stricter, never looser."""
    if agreed.never or (law.months and agreed.months and agreed.months >= law.months):
        return law
    return agreed


def until(done: Done, on: date) -> Done:
    """What had been done by the end of the day."""
    return Done(
        contacts=tuple(contact for contact in done.contacts if contact.on <= on),
        reviews=tuple(day for day in done.reviews if day <= on),
        reports={kind: day for kind, day in (done.reports or {}).items() if day <= on},
        feedback=tuple(day for day in done.feedback if day <= on),
        outcome_on=done.outcome_on if done.outcome_on and done.outcome_on <= on else None,
    )


def plan(terms: Terms, done: Done, on: date) -> tuple[Duty, ...]:
    """Every duty of the placement as it stands on the day, in order of date.

    What recurs is counted from the last time it was done, so what was missed stays until it is done. Duties further
    ahead are projected from there.
    """
    known = until(done, on)
    duties = [
        *_startup(terms, known),
        *_contacts(terms, known, on),
        *_talks(terms, known, on),
        *_reviews(terms, known, on),
        *_reports(terms, known),
        *_what_next(terms, known),
        *_feedback(terms, known, on),
        *_extras(terms, known),
        *_outcome(terms, known),
    ]
    return tuple(sorted(duties, key=lambda duty: (duty.due_on, duty.projected, list(Kind).index(duty.kind), duty.code)))


def progress(terms: Terms, done: Done, on: date) -> tuple[DutyStatus, ...]:
    """The plan with the state of every duty on the day. State is derived; nothing can be ticked off or switched off."""
    return tuple(_status(duty, terms, on) for duty in plan(terms, done, on))


def _status(duty: Duty, terms: Terms, on: date) -> DutyStatus:
    late = max(0, ((duty.done_on or min(on, _latest(duty, terms))) - duty.due_on).days)
    if duty.done_on is not None:
        return DutyStatus(duty, State.DONE, 0 if duty.voluntary else late)
    if _too_late(duty, terms, on):
        return DutyStatus(duty, State.MISSED, late)
    if duty.projected or on < _opens(duty, terms):
        return DutyStatus(duty, State.COMING)
    if on <= duty.due_on or duty.voluntary:
        return DutyStatus(duty, State.DUE)
    return DutyStatus(duty, State.OVERDUE, late)


def _opens(duty: Duty, terms: Terms) -> date:
    """The first day the duty counts as due and no longer as coming."""
    return duty.opens_on or duty.due_on - timedelta(days=0 if duty.voluntary else terms.due_soon_days)


def _latest(duty: Duty, terms: Terms) -> date:
    """The last day on which the duty can still be done."""
    stays = duty.kind in _AFTER_THE_END or (duty.kind is Kind.REPORT and duty.code == "final")
    return date.max if stays else terms.last


def _too_late(duty: Duty, terms: Terms, on: date) -> bool:
    return on > _latest(duty, terms)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What recurs: the `first` interval from the start, then `every`, and the days it was held."""

    first: Every
    every: Every
    held: Iterable[date]


def _series(terms: Terms, rhythm: Rhythm, on: date, make: Callable[[date, Step, Ref], Duty]) -> list[Duty]:
    """Duties that recur from the start to the last day: those done, the next one, and the projected rest.

    A rhythm without `every` has one duty only, the first.
    """
    duties: list[Duty] = []
    base, used = terms.start, rhythm.first
    for day in sorted(set(rhythm.held)):
        if not terms.start <= day <= terms.last:
            continue
        due = after(used, base)
        if not used.never and due <= terms.last:
            duties.append(replace(make(due, _why(due, base, used), used.ref), done_on=day))
        base, used = day, rhythm.every
    projected = False
    while not used.never and (due := after(used, base)) <= terms.last:
        duties.append(replace(make(due, _why(due, base, used), used.ref), projected=projected))
        base, used, projected = max(due, on), rhythm.every, True
    return duties


def _why(due: date, base: date, every: Every) -> Step:
    interval = Step("interval_months", every.months) if every.months else Step("interval_weeks", every.weeks)
    return Step("due_on", due, every.ref, (Step("counted_from", base), interval))


def _startup(terms: Terms, done: Done) -> list[Duty]:
    """The three meet before the first day, or on it at the latest."""
    if terms.startup_meeting is None:
        return []
    held = min((contact.on for contact in done.contacts if contact.kind == "startup_meeting"), default=None)
    why = Step("due_on", terms.start, terms.startup_meeting, (Step("start", terms.start),))
    return [Duty(Kind.STARTUP_MEETING, terms.start, CASEWORKER, terms.startup_meeting, why, done_on=held)]


def counts_as_contact(contact: ContactDone) -> bool:
    """A contact counts in the rhythm when the participant was talked with; a message nobody answered does not."""
    return PARTICIPANT in contact.reached and contact.kind not in NO_MEETING


def attendance_fits(kind: str, attended: frozenset[str], result: str) -> bool:
    """Whether those who took part fit the kind of contact; nobody did when nobody answered."""
    if not attended <= {PARTICIPANT, EMPLOYER} or (result == NOBODY_ANSWERED and attended):
        return False
    wrong_company = MAY_NOT_ATTEND.get(kind, frozenset()) & attended
    return result == NOBODY_ANSWERED or (MUST_ATTEND.get(kind, frozenset()) <= attended and not wrong_company)


def _contacts(terms: Terms, done: Done, on: date) -> list[Duty]:
    """First contact within the agreed weeks, later ones by the rhythm; visits by their own."""

    def contact(due: date, why: Step, ref: Ref) -> Duty:
        return Duty(Kind.CONTACT, due, CASEWORKER, ref, why)

    def visit(due: date, why: Step, ref: Ref) -> Duty:
        return Duty(Kind.VISIT, due, CASEWORKER, ref, why)

    talks = [item.on for item in done.contacts if counts_as_contact(item)]
    visits = [item.on for item in done.contacts if item.kind == "workplace_visit"]
    return [
        *_series(terms, Rhythm(terms.first_contact, terms.contact, talks), on, contact),
        *_series(terms, Rhythm(terms.visit, terms.visit, visits), on, visit),
    ]


def _talks(terms: Terms, done: Done, on: date) -> list[Duty]:
    """Where joint or separate meetings are planned, each is held at least once between two reviews.

    Separate talks let each party say what is hard to say with the other present.
    """
    duties: list[Duty] = []
    wanted = [(Kind.JOINT_MEETING, terms.joint, {PARTICIPANT, EMPLOYER}, EVERYONE),
              (Kind.PARTICIPANT_TALK, terms.separate, {PARTICIPANT}, BETWEEN_THE_TWO),
              (Kind.EMPLOYER_TALK, terms.separate, {EMPLOYER}, frozenset({EMPLOYER, CASEWORKER}))]  # fmt: skip
    for kind, ref, both, seen_by in wanted:
        if ref is None or terms.review.never:
            continue
        held = [c.on for c in done.contacts
                if c.reached & {PARTICIPANT, EMPLOYER} == both and c.kind not in NO_MEETING]  # fmt: skip
        every = Every(ref, months=terms.review.months, weeks=terms.review.weeks)
        duties += _series(terms, Rhythm(every, every, held), on, _talk(kind, seen_by))
    return duties


def _talk(kind: Kind, seen_by: frozenset[str]) -> Callable[[date, Step, Ref], Duty]:
    def make(due: date, why: Step, ref: Ref) -> Duty:
        return Duty(kind, due, CASEWORKER, ref, why, visible_to=seen_by)

    return make


def _reviews(terms: Terms, done: Done, on: date) -> list[Duty]:
    """The placement's duration is assessed regularly, at least every third month (§ 3-5)."""

    def review(due: date, why: Step, ref: Ref) -> Duty:
        return Duty(Kind.REVIEW, due, CASEWORKER, ref, why)

    return _series(terms, Rhythm(terms.review, terms.review, done.reviews), on, review)


def _reports(terms: Terms, done: Done) -> list[Duty]:
    """The employer reports at the start, along the way and at the end; a report lapses if the end comes first."""
    submitted = done.reports or {}
    duties = []
    for term in terms.reports:
        trigger = _trigger(term, terms)
        if term.at == "after_months" and trigger > terms.last and term.kind not in submitted:
            continue
        due = trigger + timedelta(days=term.within_days)
        steps = (Step("counted_from", trigger), Step("within_days", term.within_days))
        why = Step("due_on", due, term.ref, steps)
        duties.append(Duty(Kind.REPORT, due, EMPLOYER, term.ref, why, code=term.kind,
                           done_on=submitted.get(term.kind), opens_on=min(report_opens(term, terms), due)))  # fmt: skip
    return duties


def report_opens(term: ReportTerm, terms: Terms) -> date:
    """The first day a report can be submitted: a little before the day that triggers it."""
    return _trigger(term, terms) - timedelta(days=terms.due_soon_days)


def _trigger(term: ReportTerm, terms: Terms) -> date:
    if term.at == "start":
        return terms.start
    return terms.last if term.at == "end" else add_months(terms.start, term.after_months)


def _what_next(terms: Terms, done: Done) -> list[Duty]:
    """Before the agreed end the parties talk about what comes after; a talk long before an extension does not count."""
    if terms.what_next is None or terms.what_next.never:
        return []
    lead = timedelta(weeks=terms.what_next.weeks, days=terms.what_next.days)
    due = max(terms.start, terms.end - lead)
    if due > terms.last:
        return []
    opens = max(terms.start, terms.end - 2 * lead)
    held = min((contact.on for contact in done.contacts if contact.what_next and contact.on >= opens), default=None)
    steps = (Step("end", terms.end), Step("days_before_end", lead.days))
    why = Step("due_on", due, terms.what_next.ref, steps)
    return [Duty(Kind.WHAT_NEXT, due, CASEWORKER, terms.what_next.ref, why, done_on=held)]


def _feedback(terms: Terms, done: Done, on: date) -> list[Duty]:
    """The participant is invited to say how it goes: first early, then with every review. It is never demanded."""

    def invite(due: date, why: Step, ref: Ref) -> Duty:
        return Duty(Kind.FEEDBACK, due, PARTICIPANT, ref, why, visible_to=BETWEEN_THE_TWO, voluntary=True)

    early = terms.feedback_after
    if early is None or early.never or terms.review.never:
        return []
    every = Every(early.ref, months=terms.review.months, weeks=terms.review.weeks)
    return _series(terms, Rhythm(early, every, done.feedback), on, invite)


def _extras(terms: Terms, done: Done) -> list[Duty]:
    """What the caseworker has added. Done by the first contact of its kind near or after the day; each counts once."""
    duties, left = [], sorted(done.contacts, key=lambda contact: contact.on)
    for item in sorted(terms.extras, key=lambda extra: extra.on):
        match = _answering(item, left, terms.due_soon_days)
        if match is not None:
            left.remove(match)
        why = Step("due_on", item.on, HOUSE, (Step("added_by_caseworker", True),))
        seen_by = EVERYONE if item.owed_by == EMPLOYER else BETWEEN_THE_TWO
        duties.append(Duty(Kind.EXTRA, item.on, item.owed_by, HOUSE, why, code=item.kind, visible_to=seen_by,
                           done_on=match.on if match else None, item_id=item.item_id))  # fmt: skip
    return duties


def _answering(item: ExtraItem, contacts: Sequence[ContactDone], days_before: int) -> ContactDone | None:
    opens = item.on - timedelta(days=days_before)
    return next((contact for contact in contacts if contact.kind == item.kind and contact.on >= opens), None)


def _outcome(terms: Terms, done: Done) -> list[Duty]:
    """At every end somebody says what came of it."""
    due = terms.last + timedelta(days=terms.outcome_within_days)
    steps = (Step("counted_from", terms.last), Step("within_days", terms.outcome_within_days))
    why = Step("due_on", due, terms.outcome_ref, steps)
    return [Duty(Kind.OUTCOME, due, CASEWORKER, terms.outcome_ref, why, visible_to=BETWEEN_THE_TWO,
                 done_on=done.outcome_on, opens_on=terms.last)]  # fmt: skip
