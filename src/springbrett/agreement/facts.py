"""What the rules of an agreement are given besides its content. Values only: gathered in `context`, never by rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from springbrett.agreement.records import AgreementContent
from springbrett.catalogue import Catalogue
from springbrett.catalogue.structs import Chain, Measure
from springbrett.choice.records import Stay
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Ref

HOUSE = Ref("house", "", "house")
MoneyAnswer = Literal["none", "asked", "granted", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Main:
    """The main agreement that a support stands beside. `in_force` None: it has not come into force."""

    measure: str
    in_force: Period | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """What the agreement costs and what the budget says. Amounts in whole kroner.

    `fingerprint` is that of the schedule as the content has it now, `granted` that of the grant in force, `asked` that
    of the request that waits. `complete`: enough is known to ask for the money. `no_rate`: it cannot be counted, since
    the sources we hold do not give the rate; then somebody must deal with the money outside the system.
    """

    fingerprint: str
    total: int
    complete: bool = True
    answer: MoneyAnswer = "none"
    granted: str = ""
    asked: str = ""
    asked_total: int = 0
    no_rate: bool = False

    @property
    def covered(self) -> bool:
        """Whether money has been granted for exactly these amounts; nothing to pay needs no grant."""
        return (self.complete and self.total == 0) or (bool(self.granted) and self.granted == self.fingerprint)

    @property
    def waiting(self) -> bool:
        """Whether somebody with a budget has yet to decide about exactly these amounts."""
        return bool(self.asked) and self.asked == self.fingerprint


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a subsidy goes on from: the day it first `began` (None: with this agreement), and the kroner `granted` by
    calendar year to earlier agreements of the same person, measure and employer."""

    began: date | None = None
    granted: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules need besides the content.

    `on` is the day the check is made. `profile`: the person's mapped facts. `used`: the person's other placements that
    count in the same measure. `stays`: every other stay that came into force, for what must come first and what runs at
    the same time. `entered_on`: the day this agreement first came into force (None: not yet). `purpose_decided_on`:
    when a purpose was first written down. `choice_waiting_for`: the measure the choice says the person waits for;
    `waiting_for` what the agreement says. `main`: for a support, what it stands beside; `beside` the periods of the
    supports that stand beside this one. `earlier`: what a subsidy goes on from.
    `money`: None when the agreement costs nothing that somebody decides about.
    None means unknown, never "no".
    """

    measure: Measure
    on: date
    chain: Chain | None = None
    birth_date: date | None = None
    reduced_work_capacity: bool | None = None
    profile: Mapping[str, object] = field(default_factory=dict)
    answers: Mapping[str, object] = field(default_factory=dict)
    used: tuple[Period, ...] = ()
    stays: tuple[Stay, ...] = ()
    entered_on: date | None = None
    purpose_decided_on: date | None = None
    waiting_for: str = ""
    choice_waiting_for: str = ""
    cooperation_stopped: bool | None = None
    max_week_hours: float | None = None
    main: Main | None = None
    is_support: bool = False
    beside: tuple[tuple[str, Period], ...] = ()
    earlier: Earlier = field(default_factory=Earlier)
    money: Money | None = None
    known: Catalogue | None = None

    @property
    def circumstances(self) -> Mapping[str, object]:
        """The facts of the person and the answers of the newest version, for conditions in the catalogue."""
        return {**self.profile, "reduced_work_capacity": self.reduced_work_capacity, **self.answers}

    def facts_with(self, content: AgreementContent) -> Mapping[str, object]:
        """The same with the answers of this content."""
        return {**self.profile, "reduced_work_capacity": self.reduced_work_capacity, **content.circumstances}

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts such an agreement has, in order."""
        return self.measure.agreement.parts if self.measure.agreement else ()
