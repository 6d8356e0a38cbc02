"""What the outcome room hands out: how an outcome stands to its chain, and what is due later."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from springbrett.followup.records import State
from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Verdict


class Judgement(StrEnum):
    """How an outcome stands to the case's own chain. UNKNOWN: the case has no chain to be judged against."""

    ON_CHAIN = "on_chain"
    BRANCH = "branch"
    OFF_CHAIN = "off_chain"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement with the verdict that shows what it rests on."""

    judgement: Judgement
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class LaterDue:
    """A later status: how many months after the end, the day it falls on, where it stands, and why that day."""

    months: int
    due_on: date
    state: State
    why: Step
    recorded_on: date | None = None
