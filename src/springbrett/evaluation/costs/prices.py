"""What things cost on a date: from the catalogue where it knows, else from the study protocol; never guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from springbrett.catalogue.catalogue import Catalogue
from springbrett.evaluation.effects.records import CannotEstimate

OWN = Path(__file__).with_name("prices.toml")
Unit = Literal["NOK_per_month", "NOK_per_hour", "share"]


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name in three languages."""

    nb: str
    nn: str
    en: str


class PriceKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something with a price. `rate`: the catalogue's rate that gives it, or, in `rate_of_measure`, that of a measure;
    empty: the protocol must say it."""

    code: str
    name: Words
    unit: Unit
    rate: str = ""
    rate_of_measure: dict[str, str] = {}
    note: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in the unit of its kind, holding from a date, and where it comes from."""

    code: str
    amount: float
    from_: date
    source: str


@dataclass(frozen=True, slots=True)
class Prices:
    """What is known on a date, and the codes of what is not. `of` raises CannotEstimate("unknown_price")."""

    on: date
    known: Mapping[str, Price]
    unknown: tuple[str, ...]

    def of(self, code: str) -> float:
        """The amount. Raises CannotEstimate("unknown_price") with the code: the protocol must give it."""
        if code not in self.known:
            raise CannotEstimate(
                "unknown_price", f"no price for {code} on {self.on}; give it in the protocol", price=code
            )
        return self.known[code].amount

    def with_amount(self, code: str, amount: float) -> Prices:
        """The same with another amount, for sensitivity."""
        old = self.known.get(code)
        new = Price(code, amount, old.from_ if old else self.on, "sensitivity")
        left = tuple(name for name in self.unknown if name != code)
        return Prices(self.on, {**self.known, code: new}, left)


def price_kinds(path: Path = OWN) -> dict[str, PriceKind]:
    """What may have a price, by code. Raises msgspec.ValidationError naming the place."""
    found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8"))["price"], list[PriceKind])
    return {kind.code: kind for kind in found}


def prices_on(on: date, catalogue: Catalogue, stated: Iterable[Price] = (), *, measure: str = "") -> Prices:
    """Prices on a day. `stated` by the protocol goes before the catalogue; of several, the last that holds.

    Raises CannotEstimate("bad_input") for a code nobody knows, a negative amount, a share above 1 (production aside),
    or a stated price without source.
    """
    kinds = price_kinds()
    known: dict[str, Price] = {}
    for code, kind in kinds.items():
        rate = kind.rate_of_measure.get(measure, kind.rate)
        if rate and (value := catalogue.rate_on(rate, on)) is not None and value.amount is not None:
            known[code] = Price(code, float(value.amount), value.from_, value.ref)
    own: dict[str, Price] = {}
    for price in stated:
        _check(price, kinds)
        if price.from_ <= on and (price.code not in own or own[price.code].from_ <= price.from_):
            own[price.code] = price
    known |= own
    return Prices(on, known, tuple(code for code in kinds if code not in known))


def _check(price: Price, kinds: Mapping[str, PriceKind]) -> None:
    if price.code not in kinds:
        raise CannotEstimate("bad_input", f"there is no price called {price.code}; there are {', '.join(kinds)}")
    if not price.source:
        raise CannotEstimate("bad_input", f"say where the price of {price.code} comes from", price=price.code)
    share = kinds[price.code].unit == "share" and price.code != "production_share"
    if not (0 <= price.amount < float("inf")) or (share and price.amount > 1):
        raise CannotEstimate("bad_input", f"the price of {price.code} cannot be {price.amount:g}", price=price.code)
