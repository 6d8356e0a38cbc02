"""National identity numbers, organisation numbers and ages.

A national identity number has eleven digits: day, month, two-digit year, an individual number that also tells the
century, and two control digits. Variants: in a D-number 40 is added to the day; in synthetic test numbers 80, 65 or 40
is added to the month. No error message and no ``repr`` here contains a number or a birth date.

Source: the Norwegian Tax Administration's description of the number; control digits as computed by python-stdnum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice

from stdnum.no import fodselsnummer, orgnr

ORDINARY, D_NUMBER, SYNTHETIC = "ordinary", "d_number", "synthetic"
D_NUMBER_DAY = 40
SYNTHETIC_MONTHS = (80, 65, 40)
MASK = "•" * 11

_CENTURIES = (
    (range(500), range(1900, 2000)),
    (range(500, 750), range(1854, 1900)),
    (range(500, 1000), range(2000, 2040)),
    (range(900, 1000), range(1940, 2000)),
)
"""Which individual numbers belong to which birth years."""


class IdentityError(ValueError):
    """A number was not accepted; ``code`` says why: "length", "digits", "date" or "checksum", never the number."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the number was not accepted: {code}")
        self.code = code

    def __reduce__(self) -> tuple[type[IdentityError], tuple[str]]:
        return type(self), (self.code,)


@dataclass(frozen=True, slots=True, repr=False)
class NationalId:
    """A valid national identity number, D-number or synthetic test number.

    ``value`` is the eleven digits, ``kind`` is "ordinary", "d_number" or "synthetic" (a synthetic D-number is
    synthetic), ``birth_date`` is read from the number. Printing one shows only dots. Raises IdentityError.
    """

    value: str
    kind: str = field(init=False, compare=False)
    birth_date: date = field(init=False, compare=False)

    def __post_init__(self) -> None:
        _require_digits(self.value, 11)
        kind, birth_date = _read_birth_date(self.value)
        if self.value[9:] != _control_digits(self.value[:9]):
            raise IdentityError("checksum")
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "birth_date", birth_date)

    @classmethod
    def parse(cls, text: str | None) -> NationalId:
        """The number in ``text``; spaces are ignored. Raises IdentityError; None and "" fail on their length."""
        return cls("".join((text or "").split()))

    @property
    def masked(self) -> str:
        """Eleven dots: what may be shown where the number itself may not."""
        return MASK

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return f"NationalId({MASK})"


def _require_digits(text: str, count: int) -> None:
    if len(text) != count:
        raise IdentityError("length")
    if not (text.isascii() and text.isdigit()):
        raise IdentityError("digits")


def _read_birth_date(digits: str) -> tuple[str, date]:
    """The kind and the birth date. Raises IdentityError("date") if there is no such day or century."""
    day, month, short_year, individual = (int(part) for part in (digits[:2], digits[2:4], digits[4:6], digits[6:9]))
    kind = ORDINARY
    if day > D_NUMBER_DAY:
        kind, day = D_NUMBER, day - D_NUMBER_DAY
    for added in SYNTHETIC_MONTHS:
        if month > added:
            kind, month = SYNTHETIC, month - added
            break
    for individuals, years in _CENTURIES:
        for year in (1800 + short_year, 1900 + short_year, 2000 + short_year):
            if individual in individuals and year in years:
                return kind, _date(year, month, day)
    raise IdentityError("date")


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise IdentityError("date") from None


def _control_digits(first_nine: str) -> str:
    """The two control digits; longer than two characters when the number cannot exist (a remainder of 10)."""
    first = fodselsnummer.calc_check_digit1(first_nine)
    return first + fodselsnummer.calc_check_digit2(first_nine + first) if len(first) == 1 else "10-"


def synthetic_national_id(birth_date: date, serial: int) -> str:
    """The valid synthetic number (month + 80) number ``serial``, counted from 0, for a birth date; always the same.

    For demonstrations and tests: it can never belong to a person. About 400 exist for most birth dates. Raises
    ValueError if the birth year has no numbers (before 1854, after 2039) or ``serial`` is beyond them.
    """
    if serial < 0:
        raise ValueError("a serial is counted from 0")
    number = next(islice(_synthetic_numbers(birth_date), serial, None), None)
    if number is None:
        raise ValueError(f"no synthetic number with serial {serial} exists for that birth date")
    return number


def _synthetic_numbers(birth_date: date) -> Iterator[str]:
    head = f"{birth_date.day:02}{birth_date.month + SYNTHETIC_MONTHS[0]:02}{birth_date.year % 100:02}"
    for individuals, years in _CENTURIES:
        if birth_date.year in years:
            for individual in individuals:
                control = _control_digits(f"{head}{individual:03}")
                if len(control) == 2:
                    yield f"{head}{individual:03}{control}"


def age_on(birth_date: date, on: date) -> int:
    """Whole years lived on a date. One born on 29 February turns a year older on 1 March in a common year.

    Raises ValueError if the date is before birth.
    """
    if on < birth_date:
        raise ValueError("an age is asked for a date before birth")
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def birthday(birth_date: date, age: int) -> date:
    """The first day on which a person has that age (see :func:`age_on`)."""
    year = birth_date.year + age
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 2, 28) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OrganisationNumber:
    """A valid Norwegian organisation number: nine digits, the last a control digit (modulus 11). Raises IdentityError.

    Registered units begin with 8 or 9, synthetic test units with 2 or 3.
    """

    value: str

    def __post_init__(self) -> None:
        _require_digits(self.value, 9)
        if self.value.startswith("0"):
            raise IdentityError("digits")
        if orgnr.checksum(self.value) != 0:
            raise IdentityError("checksum")

    @classmethod
    def parse(cls, text: str | None) -> OrganisationNumber:
        """The number in ``text``; spaces are ignored. Raises IdentityError; None and "" fail on their length."""
        return cls("".join((text or "").split()))

    @property
    def grouped(self) -> str:
        """The number as it is read aloud: three groups of three digits."""
        return f"{self.value[:3]} {self.value[3:6]} {self.value[6:]}"

    def __str__(self) -> str:
        return self.value


def demo_organisation_number(serial: int) -> str:
    """A valid organisation number for a made-up employer; each serial (0 to 999999) always gives its own.

    They begin with 3, which no registered unit does. Raises ValueError for another serial.
    """
    if not 0 <= serial <= 999_999:
        raise ValueError("a serial is 0 to 999999")
    for filler in range(10):
        first_eight = f"3{serial:06}{filler}"
        control = -orgnr.checksum(first_eight + "0") % 11
        if control < 10:
            return f"{first_eight}{control}"
    raise AssertionError("two neighbouring fillers cannot both lack a control digit")
