"""Effect chains (virkningskjeder): for whom, what must be clear, how it is done, and what it should lead to."""

from __future__ import annotations

from typing import Literal

from springbrett.catalogue.base import Base, Dated, Text
from springbrett.catalogue.conditions import Fit

LINKS = ("characteristics", "clarifications", "implementation", "desired_outcome", "desired_development")


class LinkItem(Base, frozen=True, kw_only=True):
    """One statement in a link of the chain."""

    code: str
    text: Text


class Links(Base, frozen=True, kw_only=True):
    """The five links, in order."""

    characteristics: tuple[LinkItem, ...]
    clarifications: tuple[LinkItem, ...]
    implementation: tuple[LinkItem, ...]
    desired_outcome: tuple[LinkItem, ...]
    desired_development: tuple[LinkItem, ...]

    def in_order(self) -> tuple[tuple[str, tuple[LinkItem, ...]], ...]:
        """The links as (name, items), from characteristics to desired development."""
        return tuple((name, getattr(self, name)) for name in LINKS)


class Typical(Base, frozen=True, kw_only=True):
    """Usual length in months and load in percent of a full week. A ramp goes from `load_start` up to `load_end`."""

    months_min: int
    months_max: int
    load_start: int
    load_end: int
    ramp: bool
    job_search_days_per_week: int = 0


class FollowupTemplate(Base, frozen=True, kw_only=True):
    """What the follow-up plan starts from. Weeks count from the start of the placement; 0 visits = none planned.

    `intensity` 1 (light) to 3 (close).
    """

    first_contact_weeks: int
    contact_every_weeks: int
    visit_every_weeks: int
    startup_meeting: bool
    joint: bool
    separate: bool
    intensity: Literal[1, 2, 3]


class Assumption(Base, frozen=True, kw_only=True):
    """Something the chain takes for granted, and the observable indicator that can show it wrong.

    `indicator` names what to measure; `description` says how in words.
    """

    code: str
    text: Text
    indicator: str
    description: Text


class Chain(Dated, frozen=True, kw_only=True):
    """One effect chain of a measure. `evidence` holds codes of entries in evidence.toml."""

    code: str
    measure: str
    purpose: str
    name: Text
    summary: Text
    links: Links
    typical: Typical
    followup: FollowupTemplate
    assumptions: tuple[Assumption, ...]
    desired_outcomes: tuple[str, ...]
    legitimate_branches: tuple[str, ...]
    fallbacks: tuple[str, ...] = ()
    near_alternatives: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    fits: tuple[Fit, ...] = ()
    evidence: tuple[str, ...] = ()


class Evidence(Base, frozen=True, kw_only=True):
    """A finding of a study. `about` is a measure code or the code of the measure it replaced.

    A finding with a figure says `size` (the effect in `unit`: a share, NOK or hours) and its 95 % `interval`, in which
    `month` after the start, and how much the design can carry (`design_strength`). `simulated`: the persons never
    lived; such an entry is for trying out only.
    """

    code: str
    study: str
    year: int
    design: Literal["register", "survey", "vignette", "qualitative", "review", "critique"]
    finding: Text
    group: Text
    direction: Literal["positive", "none", "negative", "mixed"]
    outcome: str
    about: str
    cited_in: str
    size: float | None = None
    interval: tuple[float, float] | None = None
    unit: Literal["share", "NOK", "hours", ""] = ""
    month: int | None = None
    design_strength: Literal["strong", "moderate", "weak", ""] = ""
    simulated: bool = False
