"""How a story is written: typed data with days counted from today."""

import re
from datetime import date, timedelta
from typing import Any

from springbrett.demo.cast.employers import DATA, Seed, read
from springbrett.kernel.period import add_months

_WHEN = re.compile(r"(summer)?(?:([+-]?\d+)m)?(?:([+-]?\d+)d)?")
SUMMER_BEGINS, SUMMER_IS_OVER = (6, 1), (8, 15)


def day(when: str, base: date, *, workday: bool = False) -> date:
    """The day that `when` names: months and days from `base`, e.g. "-6m+3d" or "-14d".

    "summer+21d" counts from the first of June of the last summer that was over on `base`. With `workday` a Saturday or
    Sunday becomes the Friday before. Raises ValueError for anything else.
    """
    found = _WHEN.fullmatch(when)
    if not when or found is None:
        raise ValueError(f"{when!r} is not months and days, like -6m+3d")
    summer, *parts = found.groups()
    months, days = (int(part or 0) for part in parts)
    meant = add_months(_summer_before(base) if summer else base, months) + timedelta(days=days)
    return meant - timedelta(days=max(0, meant.weekday() - 4)) if workday else meant


def _summer_before(base: date) -> date:
    year = base.year if base >= date(base.year, *SUMMER_IS_OVER) else base.year - 1
    return date(year, *SUMMER_BEGINS)


class Then(Seed, frozen=True, kw_only=True, tag_field="do"):
    """Something that happens. Without `exact` a day in the weekend becomes the Friday before."""

    on: str
    exact: bool = False

    def day(self, today: date) -> date:
        """The day it happens, counted from today."""
        return day(self.on, today, workday=not self.exact)


class Contact(Then, frozen=True, kw_only=True, tag="contact"):
    """A contact took place. `attended` follows from the kind if unsaid."""

    kind: str
    agreed: str = ""
    attended: tuple[str, ...] | None = None
    result: str = ""
    what_next: bool = False
    for_caseworkers: str = ""


class ReviewHeld(Then, frozen=True, kw_only=True, tag="review"):
    """NAV's review."""

    text: str
    conclusion: str = "continue_as_is"
    duration_ok: bool = True
    chance: str = "some"
    headway: str = "some"


class Report(Then, frozen=True, kw_only=True, tag="report"):
    """The employer reports."""

    kind: str
    tasks: str
    attendance: str = "as_agreed"
    progress: str = ""
    needs: str = ""
    hiring: str = "unknown"
    wants_contact: bool = False


class FeedbackGiven(Then, frozen=True, kw_only=True, tag="feedback"):
    """The participant says how it goes; `audience` is nav or employer."""

    audience: str
    topics: tuple[str, ...] = ()
    text: str = ""
    masters: str = ""
    needs_training: str = ""


class PlanItem(Then, frozen=True, kw_only=True, tag="plan"):
    """The caseworker adds something to the plan, for the day `at`."""

    kind: str
    at: str
    note: str = ""


class Extend(Then, frozen=True, kw_only=True, tag="extend"):
    """The placement is made so many months longer, and the parties approve on the same day."""

    months: int
    reason: str
    text: str = ""
    override: str = ""


class Change(Then, frozen=True, kw_only=True, tag="change"):
    """The agreement's text is changed: hours from that day, or named fields. `approve` gets everyone's yes again."""

    reason: str
    text: str = ""
    hours: float | None = None
    fields: dict[str, Any] = {}
    approve: bool = True


class End(Then, frozen=True, kw_only=True, tag="end"):
    """The placement is ended: on that day, or, for the planned end, on the agreed last day.

    With `report` the employer sends the final report a few days later.
    """

    reason: str = "planned_end"
    note: str = ""
    report: bool = True

    def day(self, today: date) -> date:
        """As for others; but a planned end is not written down before it has come: Monday, not Friday."""
        meant = day(self.on, today)
        if self.exact or self.reason != "planned_end":
            return super().day(today)
        return meant + timedelta(days=7 - meant.weekday()) if meant.weekday() > 4 else meant


class Judge(Then, frozen=True, kw_only=True, tag="outcome"):
    """The caseworker decides what came of it; the first of the outcomes is the main one."""

    reached: str
    outcomes: tuple[str, ...]
    next_step: str
    text: str
    next_measure: str = ""


class Answer(Then, frozen=True, kw_only=True, tag="answer"):
    """The employer or the participant says whether the purpose was reached."""

    party: str
    reached: str
    text: str = ""
    shared: bool = True


class Status(Then, frozen=True, kw_only=True, tag="status"):
    """Where the person is so many months later."""

    months: int
    status: str
    note: str = ""


class Next(Then, frozen=True, kw_only=True, tag="next"):
    """The next case is opened, with the history carried over."""

    measure: str


class NewWage(Then, frozen=True, kw_only=True, tag="wage"):
    """The wage is another than the agreement says, and participant and employer approve again. Money asked for and not
    yet granted falls away; with `ask` it is asked for anew on the same day."""

    wage: int
    reason: str
    text: str = ""
    ask: bool = True


class Assign(Then, frozen=True, kw_only=True, tag="assign"):
    """The case is given to another caseworker."""

    to: str


Happening = (
    Contact
    | ReviewHeld
    | Report
    | FeedbackGiven
    | PlanItem
    | Extend
    | Change
    | End
    | Judge
    | Answer
    | Status
    | Next
    | NewWage
    | Assign
)


class ChoiceMade(Seed, frozen=True, kw_only=True):
    """The decision on a measure and, where it has any, a chain. `override` is the reason if a warning is set aside."""

    on: str
    reason: str
    measure: str = "arbeidstrening"
    chain: str = ""
    wish: str = ""
    wish_measure: str = "arbeidstrening"
    agrees: bool = True
    waiting_for: str = ""
    override: str = ""


class Money(Seed, frozen=True, kw_only=True):
    """The money an agreement needs: asked for on a day, and decided on a day (empty: it still waits).

    `reason` is a code in funding_decision; `override` one in over_budget, for a grant that the budget does not cover.
    `refunds` says how far the employer has come: "" none claimed, "paid" every month that is over paid out, "sent" the
    newest one waiting to be paid. `returned` sends the first one back once, with that code in claim_return.
    """

    asked: str
    decided: str = ""
    by: str = "hanne"
    granted: bool = True
    reason: str = "within_budget"
    text: str = ""
    override: str = ""
    refunds: str = ""
    returned: str = ""


class Job(Seed, frozen=True, kw_only=True):
    """The post somebody is hired in: percent of a full one, kroner a month for it, the pension in percent of the wage,
    and the agreed percentage if any."""

    title: str
    percent: int
    wage: int
    pension: int
    permanent: bool = True
    agreed_percent: int | None = None


class SupportAgreed(Seed, frozen=True, kw_only=True):
    """A support beside the agreement: a mentor's hours a month, wage an hour and pension in percent of it, or `items`
    of expenses as (kind, kroner, what it is). From `start` (else as soon as it can), for so many `weeks` or as long as
    what it stands beside.
    """

    measure: str
    drafted: str
    signed: str
    money: Money
    purpose: str = ""
    start: str = ""
    weeks: int | None = None
    mentor: str = ""
    hours_month: int | None = None
    wage: int | None = None
    pension: int | None = None
    items: tuple[tuple[str, int, str], ...] = ()


class Agreed(Seed, frozen=True, kw_only=True):
    """From the first question to an employer to an agreement. `hours` is (week from the start, hours a week).

    `approved` lists who has said yes; the agreement is in force when all three have. Where it needs `money` the
    caseworker approves when that is granted. It lasts `months`, or `weeks`. `routine_until` makes the ordinary
    follow-up happen on time until then. `buddy` is a colleague's name; `answers` differ from those in `answers.toml`.
    """

    opening: str
    asked: str
    drafted: str
    start: str
    hours: tuple[tuple[int, float], ...]
    months: int = 0
    weeks: int = 0
    training: str = ""
    expected: str = ""
    job: Job | None = None
    buddy: str = ""
    answers: dict[str, bool] = {}
    money: Money | None = None
    supports: tuple[SupportAgreed, ...] = ()
    chosen: str = ""
    signed: str = ""
    asked_by: str = "caseworker"
    match_reason: str = "Passer med ønsker og behov."
    override: str = ""
    purposes: tuple[str, ...] = ()
    purpose_note: str = ""
    tasks: str = ""
    days: tuple[str, ...] = ()
    adaptations: tuple[str, ...] | None = None
    adaptation_text: str = ""
    mentor: bool = False
    mentor_hours: float | None = None
    inclusion_grant_for: str = ""
    other_support: str = ""
    approved: tuple[str, ...] = ("employer", "participant", "caseworker")
    on_behalf: str = ""
    contact_every_weeks: int | None = None
    report_months: tuple[int, ...] | None = None
    exact_start: bool = False
    routine_until: str = ""


class Story(Seed, frozen=True, kw_only=True):
    """What happened to one person. `answered` is the day of the conversation, `mapped` the day it was confirmed.

    `leg` 2 is the next case of a person who has had one: opened by the first story's "next", or beside it on the day
    `opened`. `since`: the first day the law lets somebody choose the measure; before it the story is not told.
    """

    who: str
    by: str
    opened: str = ""
    leg: int = 1
    since: date | None = None
    answered: str = ""
    mapped: str = ""
    profile: str = ""
    needs: dict[str, Any] = {}
    choice: ChoiceMade | None = None
    agreement: Agreed | None = None
    then: tuple[Happening, ...] = ()


def stories() -> tuple[Story, ...]:
    """Every story, file by file."""
    files = sorted((DATA / "stories").glob("*.toml"))
    return tuple(story for file in files for story in read(file, dict[str, tuple[Story, ...]])["stories"])


def possible(story: Story, today: date) -> bool:
    """Whether the law was there when the story was lived: a new measure is chosen from its first day."""
    return story.since is None or story.choice is None or day(story.choice.on, today, workday=True) >= story.since


ANSWERS: dict[str, bool] = read(DATA / "answers.toml", dict[str, bool])
"""What the parties answer to a measure's questions when nothing else is said."""
PROFILES: dict[str, dict[str, Any]] = read(DATA / "profiles.toml", dict[str, dict[str, Any]])
