"""The code lists: what each list's entries hold. A list is one TOML file under codes/ or reasons/."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import field

from springbrett.catalogue.base import Base, Text

LOVDATA = "https://lovdata.no"
"""Where Norwegian acts and regulations are published."""


class Code(Base, frozen=True, kw_only=True):
    """An entry in a code list. `from_`/`to` limit when it can be chosen; left out, it can always be chosen."""

    code: str
    name: Text
    description: Text | None = None
    from_: date | None = field(default=None, name="from")
    to: date | None = None

    def holds_on(self, on: date) -> bool:
        """Whether the code can be chosen on the day."""
        return (self.from_ is None or self.from_ <= on) and (self.to is None or on <= self.to)


class NewName(Base, frozen=True, kw_only=True):
    """NAV's newer code and name for a needs level."""

    code: str
    name: Text


class NeedsLevel(Code, frozen=True, kw_only=True):
    """A needs level (innsatsgruppe): `name` is the long-standing name, `new_names` NAV's newer ones."""

    rank: int
    new_names: tuple[NewName, ...]


class Purpose(Code, frozen=True, kw_only=True):
    """A registered purpose of a placement, the chains it can follow, and its share of the agreements of 2021."""

    chains: tuple[str, ...]
    share_2021_percent: int | None = None


class EndReason(Code, frozen=True, kw_only=True):
    """Why a placement ended. `early`: before the agreed end; `said_by`: whose reason it is."""

    early: bool
    said_by: Literal["participant", "employer", "caseworker", "any"] = "any"


class Outcome(Code, frozen=True, kw_only=True):
    """What a placement led to. `group` gathers them for results."""

    group: Literal["work", "education", "measure", "clarified", "strengthened", "none"]


class LaterStatus(Code, frozen=True, kw_only=True):
    """Where the person stands a while after the end. `in_work` is None where the status does not say."""

    in_work: bool | None = None


class Demand(Code, frozen=True, kw_only=True):
    """Something a job asks of the one who does it. `adaptations` are those that usually help."""

    group: Literal["body", "senses", "mind", "language", "people", "hours", "tools"]
    adaptations: tuple[str, ...] = ()


class Adaptation(Code, frozen=True, kw_only=True):
    """Something that can be arranged at a workplace. `group` as for demands."""

    group: Literal["body", "senses", "mind", "language", "people", "hours", "tools"]


class Ordered(Code, frozen=True, kw_only=True):
    """A code in a list that has an order; the lowest rank is the least."""

    rank: int


class Occupation(Code, frozen=True, kw_only=True):
    """An occupation by STYRK-08, the Norwegian standard built on ISCO-08; `industries` where it is common."""

    styrk: str
    industries: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()


class Industry(Code, frozen=True, kw_only=True):
    """An industry by the standard industrial classification (section letter or two-digit division)."""

    nace: str


class Place(Code, frozen=True, kw_only=True):
    """A Norwegian place with its position in degrees (WGS 84)."""

    lat: float
    lon: float
    county: str


class Act(Code, frozen=True, kw_only=True):
    """A source that values refer to: an act, a regulation, a report, or the house itself.

    `description` says what it is. `url` is where its text stands; left out for acts and regulations, it is their page
    at Lovdata, which follows from the citation (FOR-2015-12-11-1598, LOV-2004-12-10-76).
    """

    kind: Literal["act", "regulation", "report", "practice", "house"]
    citation: str
    in_force: date | None = None
    url: str = ""

    def address(self, section: str = "") -> str:
        """Where the text of the section (or the whole) can be read; empty when it is not published at an address."""
        letters, _dash, number = self.citation.partition("-")
        at_lovdata = {"FOR": f"{LOVDATA}/forskrift/{number}", "LOV": f"{LOVDATA}/lov/{number}"}.get(letters, "")
        whole = self.url or at_lovdata
        return f"{whole}/§{section}" if section and whole.startswith(LOVDATA) else whole


class FactKind(Code, frozen=True, kw_only=True):
    """A fact about a person that conditions may use; `list` names the code list its codes come from."""

    kind: Literal["yes_no", "number", "code", "codes", "text"]
    list: str = ""


class Circumstance(Code, frozen=True, kw_only=True):
    """Something about one stay, not about the person, that a rule asks: a yes or a no, answered by one party.

    `name` is the question. It may be used in conditions beside the facts of the profile.
    """

    answered_by: Literal["participant", "employer", "caseworker", "provider"]


class FundingReason(Code, frozen=True, kw_only=True):
    """Why a request for money was decided as it was. `result`: which decision the reason belongs to."""

    result: Literal["granted", "refused"]


class BudgetGroup(Code, frozen=True, kw_only=True):
    """Measures that share a budget unless one has its own."""

    measures: tuple[str, ...]


LISTS: dict[str, type[Code]] = {
    "act": Act,
    "needs_level": NeedsLevel,
    "purpose": Purpose,
    "end_reason": EndReason,
    "outcome": Outcome,
    "later_status": LaterStatus,
    "demand": Demand,
    "adaptation": Adaptation,
    "cefr": Ordered,
    "education_level": Ordered,
    "followup_need": Ordered,
    "occupation": Occupation,
    "industry": Industry,
    "place": Place,
    "fact": FactKind,
    "circumstance": Circumstance,
    "funding_decision": FundingReason,
    "budget_group": BudgetGroup,
}
"""Lists whose entries hold more than a code and a name; every other list is of plain `Code`."""

REQUIRED_LISTS = (
    "act", "needs_level", "purpose", "end_reason", "outcome", "later_status", "extension_reason", "on_behalf_reason",
    "adjustment_kind", "contact_kind", "report_kind", "demand", "adaptation", "cefr", "occupation", "industry", "place",
    "review_conclusion", "next_step", "situation", "education_level", "driving_licence", "contact_result",
    "initiative", "feedback_topic", "weekday", "party", "change_reason", "cooperation_stop_reason", "support_network",
    "practical_limit", "followup_need", "hiring_realistic", "certificate", "purpose_reached", "override_reason",
    "outcome_correction", "fact", "circumstance", "funding", "expense_kind",
    "funding_decision", "over_budget", "claim_return", "budget_group",
)  # fmt: skip
"""Lists that the rooms rely on; the catalogue does not load without them."""
