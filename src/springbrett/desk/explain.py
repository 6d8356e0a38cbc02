"""Ledger events, path states, pages and reasons for looking, in plain words."""

import re
from collections.abc import Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett import catalogue
from springbrett.agreement.explain import PARTS
from springbrett.desk.path import State, StepState
from springbrett.desk.reading import language
from springbrett.followup.explain import TITLES_FOR
from springbrett.mapping import guide

EVENTS: dict[str, Promise] = {
    "person.registered": gettext_lazy("The person was entered in the register"),
    "case.opened": gettext_lazy("The case was opened"),
    "case.assigned": gettext_lazy("The case was given to another caseworker"),
    "access.opened_with_reason": gettext_lazy("Somebody outside the portfolio opened the case, with a written reason"),
    "access.account_created": gettext_lazy("A log-in was created"),
    "mapping.started": gettext_lazy("The mapping conversation began"),
    "mapping.answered": gettext_lazy("Answers from the conversation were saved"),
    "mapping.confirmed": gettext_lazy("The mapping was confirmed"),
    "choice.decided": gettext_lazy("A measure was chosen"),
    "matching.contacted": gettext_lazy("A workplace was contacted"),
    "matching.chosen": gettext_lazy("A workplace was chosen"),
    "agreement.drafted": gettext_lazy("A draft agreement was written"),
    "agreement.changed": gettext_lazy("The agreement was changed"),
    "agreement.approved": gettext_lazy("The agreement was approved"),
    "agreement.approval_withdrawn": gettext_lazy("An approval of the agreement was withdrawn"),
    "agreement.entered": gettext_lazy("All three parties had approved; the agreement came into force"),
    "agreement.started": gettext_lazy("The placement was set up"),
    "agreement.ended": gettext_lazy("The placement ended"),
    "agreement.discarded": gettext_lazy("The draft agreement was set aside"),
    "support.drafted": gettext_lazy("A draft of support beside the placement was written"),
    "support.changed": gettext_lazy("The agreement on support was changed"),
    "support.approved": gettext_lazy("The agreement on support was approved"),
    "support.approval_withdrawn": gettext_lazy("An approval of the agreement on support was withdrawn"),
    "support.entered": gettext_lazy("All had approved; the agreement on support came into force"),
    "support.started": gettext_lazy("Support beside the placement was set up"),
    "support.ended": gettext_lazy("The support ended"),
    "support.discarded": gettext_lazy("The draft agreement on support was set aside"),
    "followup.contact_logged": gettext_lazy("A contact was logged"),
    "followup.review_held": gettext_lazy("The placement was reviewed"),
    "followup.report_submitted": gettext_lazy("The employer reported"),
    "followup.feedback_given": gettext_lazy("The participant gave feedback"),
    "followup.plan_adjusted": gettext_lazy("The follow-up plan was adjusted"),
    "followup.extended": gettext_lazy("The placement was extended"),
    "followup.adjusted": gettext_lazy("The placement was adjusted"),
    "followup.ended_early": gettext_lazy("The placement ended before the agreed day"),
    "outcome.decided": gettext_lazy("The outcome was decided"),
    "outcome.corrected": gettext_lazy("The outcome was corrected; the earlier decision is kept"),
    "outcome.answered": gettext_lazy("A party answered whether the purpose was reached"),
    "outcome.chained": gettext_lazy("A next measure was begun, with the history carried over"),
    "outcome.status_recorded": gettext_lazy("Later status was recorded"),
    "funding.asked": gettext_lazy("Money was asked for"),
    "funding.withdrawn": gettext_lazy("The request for money was taken back"),
    "funding.decided": gettext_lazy("The request for money was decided"),
    "funding.closed": gettext_lazy("The money for the months after the end was given back"),
    "funding.claimed": gettext_lazy("The employer claimed a refund"),
    "funding.returned": gettext_lazy("The employer's claim was sent back"),
    "funding.paid": gettext_lazy("A refund was paid to the employer"),
    "budget.set": gettext_lazy("A budget was set"),
    "evaluation.exported": gettext_lazy("The ledger was exported for evaluation"),
}
"""Every event that can stand in a case's history, as a sentence."""

FACTS: dict[str, Promise] = {
    "measure": gettext_lazy("Measure"),
    "chain": gettext_lazy("Chain of effects"),
    "proposed": gettext_lazy("Proposed by the system"),
    "wish": gettext_lazy("The person's wish"),
    "waiting_for": gettext_lazy("While waiting for"),
    "needs_level": gettext_lazy("Needs level"),
    "section": gettext_lazy("Part of the conversation"),
    "answered": gettext_lazy("Questions answered"),
    "version": gettext_lazy("Version"),
    "party": gettext_lazy("Party"),
    "parts": gettext_lazy("What was changed"),
    "cleared": gettext_lazy("Must approve again"),
    "on_behalf_reason": gettext_lazy("On behalf of the participant because"),
    "override_reason": gettext_lazy("Went on in spite of a warning because"),
    "main_purpose": gettext_lazy("Main purpose"),
    "purposes": gettext_lazy("Purposes"),
    "start": gettext_lazy("First day"),
    "end": gettext_lazy("Last day"),
    "planned_end": gettext_lazy("Agreed last day"),
    "ended_on": gettext_lazy("Ended"),
    "reason": gettext_lazy("Reason"),
    "kind": gettext_lazy("Kind"),
    "on": gettext_lazy("Day"),
    "attended": gettext_lazy("Took part"),
    "days_late": gettext_lazy("Days late"),
    "days_early": gettext_lazy("Days before the agreed day"),
    "old_end": gettext_lazy("Last day before"),
    "next_measure": gettext_lazy("Next measure"),
    "result": gettext_lazy("Result"),
    "initiative": gettext_lazy("On whose initiative"),
    "conclusion": gettext_lazy("Conclusion"),
    "next_step": gettext_lazy("Next step"),
    "outcomes": gettext_lazy("Outcome"),
    "judged": gettext_lazy("Against its own chain"),
    "purpose_reached": gettext_lazy("Purpose reached"),
    "months": gettext_lazy("Months after the end"),
    "status": gettext_lazy("Status"),
    "until": gettext_lazy("Open until"),
    "granted": gettext_lazy("Granted"),
    "over_budget": gettext_lazy("Beyond the budget"),
    "total": gettext_lazy("In all (NOK)"),
    "refund": gettext_lazy("Refund (NOK)"),
    "released": gettext_lazy("Given back (NOK)"),
}
"""The facts a reader understands; identifiers and technical counts stay in the ledger."""

JUDGED: dict[str, Promise] = {
    "on_chain": gettext_lazy("on the chain"),
    "branch": gettext_lazy("a legitimate other branch"),
    "off_chain": gettext_lazy("off the chain"),
    "unknown": gettext_lazy("not judged: no chain"),
}
"""How an outcome stands to its chain."""

STATES: dict[State, Promise] = {
    State.NOT_STARTED: gettext_lazy("not started"),
    State.NEXT: gettext_lazy("next"),
    State.IN_PROGRESS: gettext_lazy("in progress"),
    State.DONE: gettext_lazy("done"),
}
"""What a step's state is called."""

NEXT_ACTIONS: dict[str, Promise] = {
    "mapping": gettext_lazy("Go on with the mapping"),
    "choice": gettext_lazy("Choose a measure"),
    "matching": gettext_lazy("Find a workplace"),
    "agreement": gettext_lazy("Make the agreement"),
    "followup": gettext_lazy("Follow up the placement"),
    "outcome": gettext_lazy("Decide the outcome"),
    "evaluation": gettext_lazy("Look after the later status"),
}
"""What to do next at each step."""

PLAIN_STEPS: dict[str, Promise] = {
    "mapping": gettext_lazy("We talk about what you want, need and manage"),
    "choice": gettext_lazy("We choose together what can help"),
    "matching": gettext_lazy("We find a workplace that suits you"),
    "agreement": gettext_lazy("You, the employer and your caseworker make an agreement"),
    "followup": gettext_lazy("You are at work, and we follow up"),
    "outcome": gettext_lazy("We sum up together and decide what comes next"),
    "evaluation": gettext_lazy("We ask how it went, later on"),
}
"""The path as the participant reads it."""

PAGES: dict[str, Promise] = {
    "desk:case": gettext_lazy("The overview of the case"),
    "desk:history": gettext_lazy("The history of the case"),
    "desk:new_case": gettext_lazy("Looked up to open a case"),
    "desk:assign": gettext_lazy("Choosing a caseworker"),
    "mapping": gettext_lazy("The mapping"),
    "choice": gettext_lazy("The choice of measure"),
    "matching": gettext_lazy("The matching with a workplace"),
    "agreement": gettext_lazy("The agreement"),
    "followup": gettext_lazy("The follow-up"),
    "outcome": gettext_lazy("The outcome"),
    "funding": gettext_lazy("The money for the measure"),
}
"""What the pages of a case are called, by name or by room."""

WHYS: dict[str, Promise] = {
    "own_portfolio": gettext_lazy("Your caseworker"),
    "own_case": gettext_lazy("Yourself"),
    "own_organisation": gettext_lazy("Party to your agreement"),
    "own_placement": gettext_lazy("Your mentor"),
    "own_office": gettext_lazy("Leads the office"),
    "opened_with_reason": gettext_lazy("Wrote a reason"),
    "opens_case": gettext_lazy("Opens a case"),
    "decides_money": gettext_lazy("Decides about money at the office"),
}
"""Why a look was allowed."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def sentence(action: str) -> str:
    """An event as a sentence; its code when nobody has put it into words."""
    return str(EVENTS.get(action, action))


def told_sentence(action: str, facts: Mapping[str, object]) -> str:
    """An event as a sentence, with the kind of contact or report, or the measure, where it tells one."""
    lists = {"followup.contact_logged": ("contact_kind", "kind"), "followup.report_submitted": ("report_kind", "kind"),
             "followup.review_held": ("review_conclusion", "conclusion"),
             "agreement.ended": ("end_reason", "reason"), "support.ended": ("end_reason", "reason"),
             "funding.decided": ("funding_decision", "reason")}  # fmt: skip
    words, (name, key) = sentence(action), lists.get(action, ("", ""))
    code = str(facts.get(key, ""))
    return f"{words}: {catalogue.load().name(name, code, language())}" if code else words


def readable_facts(facts: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    """The facts a reader understands as (label, value): ISO dates become dates; empty values and ids are left out."""
    known = ((str(FACTS[name]), _value(_judged(name, value))) for name, value in facts.items() if name in FACTS)
    return tuple((label, value) for label, value in known if value not in (None, "", [], ()) and not _zero(value))


def _zero(value: object) -> bool:
    """Whether it counts nothing: no days late is not worth a line (but «no» is an answer)."""
    return value == 0 and not isinstance(value, bool)


def _judged(name: str, value: object) -> object:
    if name == "section":
        return str(next((part.title for part in guide.SECTIONS if part.code == value), value))
    if name == "parts" and isinstance(value, list):
        return [str(PARTS.get(str(part), part)) for part in value]
    return str(JUDGED.get(str(value), value)) if name == "judged" else value


def _value(value: object) -> object:
    if isinstance(value, str):
        if _ID.fullmatch(value):
            return None
        return date.fromisoformat(value[:10]) if _DAY.match(value) else value
    if isinstance(value, list):
        return [item for item in map(_value, value) if item not in (None, "")]
    return value


def page_words(view_name: str) -> str:
    """The page somebody looked at, in words."""
    room = view_name.partition(":")[0]
    return str(PAGES.get(view_name) or PAGES.get(room) or _("Another page of the case"))


def why_words(why: str) -> str:
    """Why the look was allowed, in words."""
    return str(WHYS.get(why, _("Works with the case")))


def state_words(step: StepState) -> str:
    """The state of a step, in words."""
    return str(STATES[step.state])


ROLES: dict[str, Promise] = {
    "participant": gettext_lazy("participant"),
    "caseworker": gettext_lazy("caseworker"),
    "job_specialist": gettext_lazy("job specialist"),
    "market_contact": gettext_lazy("market contact"),
    "employer": gettext_lazy("employer"),
    "mentor": gettext_lazy("mentor"),
    "provider": gettext_lazy("provider"),
    "budget_approver": gettext_lazy("budget approver"),
    "office_leader": gettext_lazy("office leader"),
    "analyst": gettext_lazy("analyst"),
    "administrator": gettext_lazy("administrator"),
    "system": gettext_lazy("the system"),
}
"""Roles, as words in a line."""


def role_words(role: str) -> str:
    """A role in words."""
    return str(ROLES.get(role, role))


DUTIES: dict[str, Promise] = {
    "startup_meeting": gettext_lazy("Start-up meeting"),
    "contact": gettext_lazy("Contact with the participant"),
    "visit": gettext_lazy("Visit to the workplace"),
    "joint_meeting": gettext_lazy("Joint meeting"),
    "participant_talk": gettext_lazy("Talk with the participant alone"),
    "employer_talk": gettext_lazy("Talk with the employer alone"),
    "review": gettext_lazy("Review of the placement"),
    "report": gettext_lazy("Report from the employer"),
    "what_next": gettext_lazy("Talk about what comes next"),
    "feedback": gettext_lazy("Feedback from the participant"),
    "extra": gettext_lazy("Added to the plan"),
    "outcome": gettext_lazy("Outcome to decide"),
}
"""The duties of follow-up, by kind."""


def duty_words(kind: str, code: str = "", reader: str = "") -> str:
    """A duty in words for the `reader` (a party; empty: NAV), with the kind of report or added item if there is one."""
    known = catalogue.load()
    put_to_reader = {found.value: said for found, said in TITLES_FOR.get(reader, {}).items()}
    words = str(put_to_reader.get(str(kind)) or DUTIES.get(str(kind), kind))
    for name in ("report_kind", "contact_kind"):
        if code and known.has_code(name, code):
            return f"{words}: {known.name(name, code, language())}"
    return words
