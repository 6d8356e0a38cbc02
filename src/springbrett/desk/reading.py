"""The catalogue for reading: each dated value in words, with where it comes from, by measure, by § and by date."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from springbrett import catalogue
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.codelists import Act
from springbrett.catalogue.entries import Change, Entry, entries
from springbrett.catalogue.house import HouseValue
from springbrett.catalogue.structs import Dated, Measure, PracticeNote, RateValue, Rule, Season, Text
from springbrett.desk.amounts import language
from springbrett.desk.sayings import house_words, lines_of, rate_words, words_of

TOPICS: dict[str, str | Promise] = {
    "valid": gettext_lazy("Can be given"),
    "target_group": gettext_lazy("Who it is for"),
    "min_age": gettext_lazy("Lowest age"),
    "max_age": gettext_lazy("Upper age limit"),
    "needs_levels": gettext_lazy("Needs level"),
    "durations": gettext_lazy("How long"),
    "seasons": gettext_lazy("Season"),
    "last_days": gettext_lazy("Last day"),
    "requires_first": gettext_lazy("What must come first"),
    "combinations": gettext_lazy("Together with other measures"),
    "attaches_to": gettext_lazy("Stands beside"),
    "employment": gettext_lazy("Employment"),
    "funding": gettext_lazy("Money"),
    "subsidies": gettext_lazy("Wage subsidy"),
    "reviews": gettext_lazy("Review"),
    "reports": gettext_lazy("Reports"),
    "appeals": gettext_lazy("Deadline for appeal"),
    "questions": gettext_lazy("What the agreement must answer"),
    "rules": gettext_lazy("What must hold"),
    "content_required": gettext_lazy("What the agreement must say"),
    "clauses": gettext_lazy("Terms of the agreement"),
    "start_window": gettext_lazy("Start back in time"),
    "practice": gettext_lazy("How it is practised"),
}
"""The keys of a measure's dated values, in the order they are read."""

LIMITS = frozenset(
    {"min_age", "max_age", "needs_levels", "durations", "seasons", "last_days", "reviews", "start_window"}
)
"""Limits that are read beside the law when practice sets them."""

SOURCES: dict[str, Promise] = {
    "law": gettext_lazy("Law or regulation"),
    "practice": gettext_lazy("Practice"),
    "house": gettext_lazy("Our own choice"),
}
"""What kind of rule a value is."""

LINKS: dict[str, Promise] = {
    "characteristics": gettext_lazy("Who it suits"),
    "clarifications": gettext_lazy("Clear before the start"),
    "implementation": gettext_lazy("How it is carried out"),
    "desired_outcome": gettext_lazy("What it should give"),
    "desired_development": gettext_lazy("Where it should lead"),
}
"""The five links of a chain."""


@dataclass(frozen=True, slots=True)
class ReadValue:
    """One value as it is read: in words, and where it comes from (the answer to «Why?»).

    `lines` are the parts that need a line each (extensions, steps). `page` is the page of the §, `law` the address of
    the text itself, empty when it has none. `reading` says how the wording is read here, or how practice stands to the
    law; `exception` what can justify going on in spite of it. Both are empty for most values.
    """

    topic: str
    words: str
    lines: tuple[str, ...]
    from_on: date
    to_on: date | None
    reference: str
    page: str
    law: str
    source: str
    source_code: str
    note: str
    reading: str
    exception: str
    in_force: bool

    @property
    def ground(self) -> tuple[str, str, date, date | None]:
        """Where it comes from and when it holds: values that share it are read together."""
        return self.page, self.source_code, self.from_on, self.to_on


@dataclass(frozen=True, slots=True)
class Topic:
    """The values under one heading."""

    code: str
    name: str
    values: tuple[ReadValue, ...]


@dataclass(frozen=True, slots=True)
class ReadChange:
    """One change as it is read: when, where, what was and what comes. An empty side: nothing is recorded there."""

    on: date
    owner: str
    page: str
    topic: str
    before: ReadValue | None
    after: ReadValue | None


@dataclass(frozen=True, slots=True)
class Contrast:
    """Practice beside the law on one point. `law` is empty where the law sets nothing."""

    topic: str
    law: tuple[ReadValue, ...]
    practice: ReadValue


class Reader:
    """Reads one edition of the catalogue, in the language of the page, as seen on one day."""

    def __init__(self, on: date, known: Catalogue | None = None) -> None:
        self.on = on
        self.known = known or catalogue.load()

    def entries(self, keep: Callable[[Entry], bool] = lambda entry: True) -> tuple[Entry, ...]:
        """The dated values that `keep` keeps."""
        return tuple(entry for entry in entries(self.known) if keep(entry))

    def measure(self, code: str) -> tuple[ReadValue, ...]:
        """Every value the measure has had or will have, by topic and date; `in_force` says whether on the day."""
        found = self.entries(lambda entry: entry.kind == "measure" and entry.owner == code)
        order = list(TOPICS)
        return tuple(
            sorted(map(self.value, found), key=lambda read: (order.index(read.topic), read.from_on, read.page))
        )

    def value(self, entry: Entry) -> ReadValue:
        """An entry as it is read."""
        return self._read(entry.kind, entry.owner, entry.topic, entry.value, entry.until)

    def change(self, change: Change) -> ReadChange:
        """A change as it is read."""
        before, after = (
            self._read(change.kind, change.owner, change.topic, value, value.to) if value else None
            for value in (change.before, change.after)
        )
        return ReadChange(
            change.on, self.owner_name(change.kind, change.owner), owner_page(change.kind, change.owner),
            topic_name(change.kind, change.topic), before, after,
        )  # fmt: skip

    def owner_name(self, kind: str, owner: str) -> str:
        """What the measure, rate, house value or chain is called; its code when the edition does not hold it."""
        known = self.known
        found: Text | None = None
        if kind == "measure" and owner in known.measures:
            found = known.measures[owner].name
        elif kind == "rate" and owner in known.rates:
            found = known.rates[owner].name
        elif kind == "house" and owner in known.house:
            found = known.house[owner].text
        elif kind == "chain" and owner in known.chains:
            found = known.chains[owner].name
        return found.get(language()) if found else owner

    def contrasts(self, measure: Measure) -> tuple[Contrast, ...]:
        """Where practice and law differ on the day: each point of practice beside what the law says of the same.

        A note of practice says what it is about. A limit that only practice sets stands here too, unless a note tells.
        """
        found = [e for e in self.entries(lambda e: e.owner == measure.code) if e.holds_on(self.on)]
        told = {e.value.about for e in found if isinstance(e.value, PracticeNote)}
        lawful = [entry for entry in found if entry.value.source == "law"]
        rows = []
        for entry in found:
            about = entry.value.about if isinstance(entry.value, PracticeNote) else entry.topic
            limit = entry.value.source == "practice" and entry.topic in LIMITS and entry.topic not in told
            if limit or (isinstance(entry.value, PracticeNote) and about):
                beside = tuple(self.value(other) for other in lawful if about in (other.key, other.topic))
                rows.append(Contrast(topic_name("measure", about.partition(".")[0]), beside, self.value(entry)))
        return tuple(rows)

    def reference(self, ref: str) -> str:
        """ "ACT § SECTION" with the name of the act in the reader's language."""
        act, _sign, section = ref.partition(" § ")
        name = self.known.name("act", act, language())
        return f"{name} § {section}" if section else name

    def _read(self, kind: str, owner: str, topic: str, value: Dated, until: date | None) -> ReadValue:
        exception = value.exception if isinstance(value, Rule | Season) else None
        lasts = value.from_ <= self.on and (until is None or self.on <= until)
        return ReadValue(
            topic=topic, words=self.words(kind, owner, value), lines=lines_of(value), from_on=value.from_, to_on=until,
            reference=self.reference(value.ref), page=source_page(value.act, value.section), law=self._law(value),
            source=str(SOURCES[value.source]), source_code=value.source,
            note=value.note if language() == "en" else "",  # notes are in English, for those who keep the catalogue
            reading=_said(value.interpretation), exception=_said(exception), in_force=lasts,
        )  # fmt: skip

    def words(self, kind: str, owner: str, value: Dated) -> str:
        """A value in words; rates and house values with the unit of what they belong to."""
        if isinstance(value, RateValue):
            return rate_words(value, self.known.rates[owner].unit if owner in self.known.rates else "")
        if isinstance(value, HouseValue):
            return house_words(value, self.known.house[owner].unit if owner in self.known.house else "")
        return words_of(value, self.known)

    def whole(self, kind: str, owner: str, value: Dated) -> str:
        """A value in words on one line, its extensions and steps included."""
        return "; ".join(part for part in (self.words(kind, owner, value), *lines_of(value)) if part)

    def _law(self, value: Dated) -> str:
        act = self.known.lists["act"].get(value.act)
        return act.address(value.section) if isinstance(act, Act) else ""


def applies_on(measure: Measure, on: date) -> tuple[Topic, ...]:
    """What applies for the measure on the day, topic by topic; topics without a value that day are left out."""
    return topics_of(value for value in Reader(on).measure(measure.code) if value.in_force)


def history_of(measure: Measure, on: date) -> tuple[ReadValue, ...]:
    """Every value the measure has had or will have, oldest first in its topic; `in_force` says whether on the day."""
    return Reader(on).measure(measure.code)


def topics_of(values: Iterable[ReadValue]) -> tuple[Topic, ...]:
    """The values gathered under their headings."""
    found = tuple(values)
    return tuple(
        Topic(code, str(name), chosen)
        for code, name in TOPICS.items()
        if (chosen := tuple(value for value in found if value.topic == code))
    )


def reference(ref: str) -> str:
    """ "ACT § SECTION" with the name of the act in the reader's language."""
    return Reader(date.max).reference(ref)


def topic_name(kind: str, topic: str) -> str:
    """The heading of a kind of value; empty for rates, house values and chains, whose name says it."""
    return str(TOPICS.get(topic, topic)) if kind == "measure" else ""


def source_page(act: str, section: str) -> str:
    """The page of the § (or of the whole source), with every value that rests on it."""
    return reverse("desk:section", args=[act, section]) if section else reverse("desk:act", args=[act])


def owner_page(kind: str, owner: str) -> str:
    """Where the owner of a value is read about."""
    if kind == "measure":
        return reverse("desk:measure", args=[owner])
    if kind == "chain":
        return reverse("desk:chain", args=[owner])
    return f"{reverse('desk:rates')}#{owner}" if kind == "rate" else reverse("desk:act", args=["house"])


def _said(text: Text | None) -> str:
    return text.get(language()) if text else ""


__all__ = [
    "LINKS", "SOURCES", "TOPICS", "Contrast", "ReadChange", "ReadValue", "Reader", "Topic", "applies_on", "history_of",
    "language", "owner_page", "reference", "source_page", "topic_name", "topics_of", "words_of",
]  # fmt: skip
