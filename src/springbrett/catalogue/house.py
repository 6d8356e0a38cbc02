"""House values: numbers the house has chosen itself, each dated and explained, none of them from a law."""

from __future__ import annotations

from datetime import date

from springbrett.catalogue.base import Base, Dated, Text
from springbrett.catalogue.dated import dated


class HouseValue(Dated, frozen=True, kw_only=True):
    """A chosen value from a date."""

    value: int | float | str | tuple[int | str, ...]


class HouseSetting(Base, frozen=True, kw_only=True):
    """One thing the house decides. `group` gathers settings that are read together, e.g. "matching"."""

    code: str
    group: str
    unit: str
    text: Text
    values: tuple[HouseValue, ...]

    def value_on(self, on: date) -> int | float | str | tuple[int | str, ...]:
        """The value in force on the day. Raises NotInForce."""
        return dated(self.values, on, f"house: {self.code}").value
