"""The building blocks every catalogue entry is made of: texts in three languages and dated values."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal

from msgspec import Struct, field

from springbrett.kernel.verdict import Ref

Source = Literal["law", "practice", "house"]
Severity = Literal["stop", "warning", "info"]
LANGUAGES = ("nb", "nn", "en")


class Base(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen entry that refuses keys it does not know, so that a misspelt key is an error and not a silence."""


class Text(Base, frozen=True, kw_only=True):
    """One text in Bokmål, Nynorsk and English. All three are required."""

    nb: str
    nn: str
    en: str

    def get(self, language: str) -> str:
        """The text in `language`; "no" and anything unknown give Bokmål, and "nn-no" gives Nynorsk."""
        short = language.lower()[:2]
        if short == "nn":
            return self.nn
        return self.en if short == "en" else self.nb


class ToSelf(Base, frozen=True, kw_only=True):
    """A text that speaks of the participant, said to the participant. `of` is its Bokmål as it stands elsewhere."""

    of: str
    to: Text

    @property
    def code(self) -> str:
        """What it is looked up by."""
        return self.of


class Dated(Base, frozen=True, kw_only=True):
    """A value that holds from a date.

    `ref` is "ACT § SECTION" or just "ACT", where ACT is a code in codes/act.toml; `source` says what kind of rule it
    is: law, practice (how the law is used) or house (our own choice). `to` is inclusive; left out, the value holds
    until the next one of the same kind. `note` is for the reader of the data; `interpretation` is for everyone: how the
    wording is read here, or how practice stands to the law.
    """

    from_: date = field(name="from")
    ref: str
    source: Source
    to: date | None = None
    note: str = ""
    interpretation: Text | None = None

    @property
    def act(self) -> str:
        """The code of the act, e.g. "tiltaksforskriften"."""
        return self.ref.partition(" § ")[0]

    @property
    def section(self) -> str:
        """The section, e.g. "3-5"; empty when the reference is to the whole act."""
        return self.ref.partition(" § ")[2]

    @property
    def reference(self) -> Ref:
        """Where the value comes from, as verdicts carry it."""
        return _reference(self.ref, self.source)

    def holds_on(self, on: date) -> bool:
        """Whether the value's own dates cover the day (a later value may still have taken over)."""
        return self.from_ <= on and (self.to is None or on <= self.to)


@lru_cache(maxsize=4096)
def _reference(ref: str, source: str) -> Ref:
    """Verdicts ask for the same references over and over; each is made once."""
    act, _, section = ref.partition(" § ")
    return Ref(act, section, source)
