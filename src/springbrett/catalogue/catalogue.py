"""The catalogue as one object: look up by code, ask what was in force, compare by version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from springbrett.catalogue.base import Text, ToSelf
from springbrett.catalogue.chains import Chain, Evidence
from springbrett.catalogue.codelists import Code, NeedsLevel, Purpose
from springbrett.catalogue.errors import UnknownCode
from springbrett.catalogue.house import HouseSetting
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.money import Rate, RateValue

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the catalogue knows. Mappings keep the order of the data files."""

    version: str
    released: date
    measures: Mapping[str, Measure]
    chains: Mapping[str, Chain]
    lists: Mapping[str, Mapping[str, Code]]
    house: Mapping[str, HouseSetting]
    evidence: Mapping[str, Evidence]
    rates: Mapping[str, Rate] = field(default_factory=dict)
    to_self: Mapping[str, ToSelf] = field(default_factory=dict)

    def measure(self, code: str) -> Measure:
        """The measure with the code. Raises UnknownCode."""
        return _pick(self.measures, "measure", code)

    def chain(self, code: str) -> Chain:
        """The chain with the code. Raises UnknownCode."""
        return _pick(self.chains, "chain", code)

    def chains_of(self, measure: str) -> tuple[Chain, ...]:
        """The chains of a measure, in the measure's own order."""
        return tuple(self.chain(code) for code in self.measure(measure).chains)

    def evidence_of(self, chain: str) -> tuple[Evidence, ...]:
        """The evidence entries of a chain."""
        return tuple(_pick(self.evidence, "evidence entry", code) for code in self.chain(chain).evidence)

    def codes(self, name: str) -> tuple[Code, ...]:
        """The entries of a code list, e.g. codes("end_reason"). Raises UnknownCode."""
        return tuple(_pick(self.lists, "code list", name).values())

    def code(self, name: str, code: str) -> Code:
        """One entry of a code list. Raises UnknownCode."""
        return _pick(_pick(self.lists, "code list", name), name, code)

    def has_code(self, name: str, code: str) -> bool:
        """Whether a code stands in a list."""
        return code in self.lists.get(name, {})

    def name(self, name: str, code: str, language: str = "nb") -> str:
        """The name of a code in a language; the code itself when the list does not hold it (old records)."""
        entry = self.lists.get(name, {}).get(code)
        return entry.name.get(language) if entry else code

    def rate(self, code: str) -> Rate:
        """The rate with the code. Raises UnknownCode."""
        return _pick(self.rates, "rate", code)

    def rate_on(self, code: str, on: date) -> RateValue | None:
        """The rate's value on the day, its amount None where our sources do not give it. Raises UnknownCode."""
        return self.rate(code).value_on(on)

    def said_to_self(self, text: Text) -> Text:
        """A text as it is put to the participant it speaks of; unchanged when it has no such form."""
        found = self.to_self.get(text.nb)
        return found.to if found else text

    @property
    def needs_levels(self) -> tuple[NeedsLevel, ...]:
        """The needs levels, lowest first."""
        return tuple(entry for entry in self.codes("needs_level") if isinstance(entry, NeedsLevel))

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """The registered purposes."""
        return tuple(entry for entry in self.codes("purpose") if isinstance(entry, Purpose))

    def purpose(self, code: str) -> Purpose:
        """The purpose with the code. Raises UnknownCode."""
        return _pick({entry.code: entry for entry in self.purposes}, "purpose", code)

    def house_value(self, code: str, on: date) -> int | float | str | tuple[int | str, ...]:
        """A house value in force on the day. Raises UnknownCode or NotInForce."""
        return _pick(self.house, "house value", code).value_on(on)

    def house_int(self, code: str, on: date) -> int:
        """A house value that is a whole number. Raises TypeError when it is not."""
        value = self.house_value(code, on)
        if not isinstance(value, int):
            raise TypeError(f"The house value {code!r} is not a whole number.")
        return value

    def house_group(self, group: str, on: date) -> dict[str, int | float | str | tuple[int | str, ...]]:
        """The values of a group in force on the day, e.g. the matching weights."""
        return {code: setting.value_on(on) for code, setting in self.house.items() if setting.group == group}


def _pick(entries: Mapping[str, T], kind: str, code: str) -> T:
    if code not in entries:
        raise UnknownCode(kind, code)
    return entries[code]
