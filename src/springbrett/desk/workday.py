"""The caseworker's day: what is due, what ends, what waits, what has come in. Gathered from the rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett import catalogue
from springbrett.access.roles import Viewer
from springbrett.desk import explain, money, pending
from springbrett.desk.links import step_url, url_or_nothing
from springbrett.desk.selectors import GLANCE_EVENTS, Glance, glance, listed_cases
from springbrett.employers.records import Stay
from springbrett.followup.records import State
from springbrett.followup.selectors import DueItem, due_for
from springbrett.kernel import clock
from springbrett.kernel.trace import Step
from springbrett.ledger.models import Event
from springbrett.outcome.rules import later_status_due

NEWS = ("followup.feedback_given", "followup.report_submitted")
NEWS_DAYS = 7
GROUPS: dict[str, str | Promise] = {
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "approvals": gettext_lazy("Waiting for your approval"),
    "money": gettext_lazy("Decisions about money"),
    "week": gettext_lazy("The next seven days"),
    "outcomes": gettext_lazy("Outcomes to decide"),
    "later": gettext_lazy("Later status to record"),
    "ends": gettext_lazy("Ends soon"),
    "news": gettext_lazy("New messages"),
}
"""The groups of the day, in the order they are read."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing on the list: whose case, what, by when, why, and where to do it."""

    case_id: UUID
    who: str
    what: str
    url: str
    on: date | None = None
    state: str = ""
    where: str = ""
    why: Step | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the day: the rows shown, and how many there are in all."""

    code: str
    name: str
    rows: tuple[Row, ...]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What the day is made of: names, and each case's events, glance and duties."""

    names: Mapping[UUID, str]
    events: Sequence[Event]
    glances: Mapping[UUID, Glance]
    due: tuple[DueItem, ...]
    on: date


def portfolio_of(viewer: Viewer, on: date) -> Portfolio:
    """Names (one query), events (one) and duties (six) of the viewer's cases."""
    names = {case.case_id: case.name for case in listed_cases(viewer)}
    wanted = tuple(dict.fromkeys((*GLANCE_EVENTS, *pending.TOLD_BY, *NEWS, *money.TOLD_BY, "outcome.status_recorded")))
    events = list(Event.objects.filter(case_id__in=list(names), action__in=wanted).order_by("id")) if names else []
    by_case: dict[UUID, list[Event]] = {case_id: [] for case_id in names}
    for event in events:
        if event.case_id is not None:
            by_case[event.case_id].append(event)
    glances = {case_id: glance(theirs) for case_id, theirs in by_case.items()}
    return Portfolio(names, events, glances, due_for(viewer, on), on)


def groups(portfolio: Portfolio, cap: int | None) -> tuple[Group, ...]:
    """The day's groups in order, each with at most `cap` rows (None: all); empty groups are left out."""
    found: dict[str, list[Row]] = {code: [] for code in GROUPS}
    for item in portfolio.due:
        code = _when(item, portfolio.on)
        if code:
            found[code].append(duty_row(item))
    found["approvals"] = _approvals(portfolio)
    found["money"] = _money(portfolio)
    found["ends"] = _ends(portfolio)
    found["news"] = _news(portfolio)
    found["outcomes"] = _outcomes(portfolio)
    found["later"] = _later(portfolio)
    return tuple(Group(c, str(GROUPS[c]), tuple(rows[:cap]), len(rows)) for c, rows in found.items() if rows)


def duty_row(item: DueItem) -> Row:
    """A duty of the follow-up as a row."""
    return Row(
        item.case_id, item.person_name, explain.duty_words(item.kind, item.code), item.url, item.due_on,
        item.state.value, item.workplace_name, item.status.duty.why,
    )  # fmt: skip


def _when(item: DueItem, on: date) -> str:
    if item.state is State.OVERDUE:
        return "overdue"
    if item.due_on <= on:
        return "today"
    return "week" if item.due_on <= on + timedelta(days=7) else ""


def _approvals(portfolio: Portfolio) -> list[Row]:
    asked = money.waiting(portfolio.events)
    waiting = (
        row for row in pending.pending(portfolio.events) if row.waits_for_caseworker and row.agreement_id not in asked
    )
    return [
        Row(row.case_id, portfolio.names.get(row.case_id, ""), _("The other two have approved the agreement"),
            step_url("agreement", row.case_id), row.since)
        for row in waiting
    ]  # fmt: skip


def _money(portfolio: Portfolio) -> list[Row]:
    """What a budget approver has decided lately, newest first."""
    since = portfolio.on - timedelta(days=NEWS_DAYS)
    said = {True: _("The money is granted"), False: _("The money is refused")}
    return [
        Row(one.case_id, portfolio.names.get(one.case_id, ""), said[one.granted],
            url_or_nothing("funding:request", request_id=one.request_id), one.on)
        for one in money.decided_since(portfolio.events, since)
    ]  # fmt: skip


def _ends(portfolio: Portfolio) -> list[Row]:
    days = catalogue.load().house_int("ends_soon_days", portfolio.on)
    rows = [
        Row(case_id, portfolio.names[case_id], _("The placement ends"), step_url("followup", case_id), stay.end)
        for case_id, stay in running_stays(portfolio)
        if stay.end and portfolio.on <= stay.end <= portfolio.on + timedelta(days=days)
    ]
    return sorted(rows, key=lambda row: row.on or date.max)


def _outcomes(portfolio: Portfolio) -> list[Row]:
    """Placements that have ended without a decided outcome, by the day it is due."""
    days = catalogue.load().house_int("outcome_due_days", portfolio.on)
    rows = []
    for case_id, seen in portfolio.glances.items():
        stay = seen.stay
        last = _last_day(stay, portfolio.on) if stay and not stay.outcomes else None
        if last:
            due = last + timedelta(days=days)
            state = State.OVERDUE if due < portfolio.on else State.DUE
            rows.append(Row(case_id, portfolio.names[case_id], _("Decide the outcome of the placement"),
                            step_url("outcome", case_id), due, state.value))  # fmt: skip
    return sorted(rows, key=lambda row: row.on or date.max)


def _last_day(stay: Stay, on: date) -> date | None:
    """The last day of a placement that is over, by its end or by the agreed day; None while it runs."""
    if stay.ended is not None:
        return stay.ended.on
    return stay.end if stay.end and stay.end < on else None


def _later(portfolio: Portfolio) -> list[Row]:
    """Later statuses that are due or overdue, by the outcome room's rule."""
    known, on = catalogue.load(), portfolio.on
    months = known.house_value("later_status_months", on)
    counts = tuple(int(count) for count in months) if isinstance(months, tuple) else ()
    window = known.house_int("later_status_window_days", on)
    recorded = _recorded(portfolio.events)
    rows = [
        Row(case_id, portfolio.names[case_id], _("Status %(count)s months after the end") % {"count": later.months},
            url_or_nothing("outcome:status", case_id=case_id), later.due_on, later.state.value, "", later.why)
        for case_id, ended_on in _decided_ends(portfolio.events).items()
        for later in later_status_due(ended_on, counts, recorded.get(case_id, {}), on, window_days=window)
        if later.state in {State.DUE, State.OVERDUE}
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.on or date.max)


def _decided_ends(events: Sequence[Event]) -> dict[UUID, date]:
    """The last day of each case's last placement with a decided outcome."""
    ends: dict[UUID, date] = {}
    for event in events:
        said = event.facts.get("ended_on")
        if event.action == "outcome.decided" and event.case_id is not None and isinstance(said, str):
            day = date.fromisoformat(said)
            ends[event.case_id] = max(day, ends.get(event.case_id, day))
    return ends


def _recorded(events: Sequence[Event]) -> dict[UUID, dict[int, date]]:
    """The later statuses recorded: by case, months after the end and the day."""
    found: dict[UUID, dict[int, date]] = {}
    for event in events:
        if event.action == "outcome.status_recorded" and event.case_id is not None:
            day = event.occurred_at.astimezone(clock.OSLO).date()
            found.setdefault(event.case_id, {})[int(event.facts["months"])] = day
    return found


def running_stays(portfolio: Portfolio) -> list[tuple[UUID, Stay]]:
    """The placements of the portfolio that have begun and not ended, by case."""
    found = ((case_id, seen.stay) for case_id, seen in portfolio.glances.items())
    return [
        (case_id, stay)
        for case_id, stay in found
        if stay and stay.running and (stay.start is None or stay.start <= portfolio.on)
    ]


def _news(portfolio: Portfolio) -> list[Row]:
    since: datetime = clock.now() - timedelta(days=NEWS_DAYS)
    fresh = [e for e in portfolio.events if e.action in NEWS and e.occurred_at >= since and e.case_id]
    return [
        Row(event.case_id, portfolio.names.get(event.case_id, ""), explain.sentence(event.action),
            step_url("followup", event.case_id), event.occurred_at.astimezone(clock.OSLO).date())
        for event in reversed(fresh)
        if event.case_id
    ]  # fmt: skip


def page_url(code: str) -> str:
    """Where the whole of a group stands."""
    return reverse("desk:day", query={"only": code})
