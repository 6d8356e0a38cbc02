"""Numbers and ages as the register describes them. No number here can belong to a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from springbrett.kernel.identity import (
    IdentityError,
    NationalId,
    OrganisationNumber,
    age_on,
    birthday,
    demo_organisation_number,
    synthetic_national_id,
)


def with_control_digits(first_nine: str) -> str | None:
    """The number with its two control digits, or None if it cannot exist."""
    number = first_nine
    for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
        control = -sum(w * int(n) for w, n in zip(weights, number, strict=True)) % 11
        if control == 10:
            return None
        number += str(control)
    return number


def made(day: int, month: int, short_year: int, individuals: range) -> str:
    """The first number that can exist with these parts; made up on the spot, so none is written down."""
    made_up = (with_control_digits(f"{day:02}{month:02}{short_year:02}{individual:03}") for individual in individuals)
    return next(number for number in made_up if number)


def code_of(ask: Callable[[Any], object], value: object) -> str:
    with pytest.raises(IdentityError) as error:
        ask(value)
    return error.value.code


@pytest.mark.parametrize(
    ("day", "month", "kind"),
    [
        (24, 12, "ordinary"),
        (64, 12, "d_number"),
        (24, 92, "synthetic"),
        (24, 52, "synthetic"),
        (24, 77, "synthetic"),
        (64, 92, "synthetic"),
        (64, 52, "synthetic"),
    ],
)
def test_day_and_month_tell_the_kind_of_number(day: int, month: int, kind: str) -> None:
    parsed = NationalId.parse(made(day, month, 81, range(200, 220)))
    assert (parsed.kind, parsed.birth_date) == (kind, date(1981, 12, 24))


def in_january(short_year: int, individual: int) -> str:
    """A synthetic number for some day in January with exactly this individual number."""
    made_up = (with_control_digits(f"{day:02}81{short_year:02}{individual:03}") for day in range(1, 32))
    return next(number for number in made_up if number)


@pytest.mark.parametrize(
    ("short_year", "individual", "year"),
    [
        (0, 0, 1900),
        (39, 499, 1939),
        (99, 499, 1999),
        (54, 500, 1854),
        (99, 749, 1899),
        (0, 500, 2000),
        (39, 999, 2039),
        (40, 900, 1940),
        (99, 999, 1999),
    ],
)
def test_the_individual_number_tells_the_century(short_year: int, individual: int, year: int) -> None:
    assert NationalId.parse(in_january(short_year, individual)).birth_date.year == year


@pytest.mark.parametrize(
    ("short_year", "individual"), [(40, 500), (53, 749), (53, 899), (54, 750), (99, 750), (99, 899), (40, 899)]
)
def test_an_individual_number_outside_every_century_is_refused(short_year: int, individual: int) -> None:
    assert code_of(NationalId.parse, in_january(short_year, individual)) == "date"


def test_eleven_zeros_have_right_control_digits_but_no_date() -> None:
    assert with_control_digits("000000000") == "00000000000"
    assert code_of(NationalId.parse, "00000000000") == "date"


@pytest.mark.parametrize(("day", "month"), [(30, 82), (0, 81), (32, 81), (40, 81), (72, 81), (1, 13), (1, 80), (1, 93)])
def test_a_day_that_does_not_exist_is_refused(day: int, month: int) -> None:
    assert code_of(NationalId.parse, made(day, month, 81, range(200, 220))) == "date"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "length"),
        ("", "length"),
        ("1234567890", "length"),
        ("123456789012", "length"),
        ("12345678900 ", "date"),
        ("0101901234x", "digits"),
        ("٠١٠١٩٠١٢٣٤٥", "digits"),
    ],
)
def test_what_is_not_a_number_is_refused_by_what_is_wrong(text: str | None, code: str) -> None:
    assert code_of(NationalId.parse, text) == code


def test_a_wrong_control_digit_is_refused() -> None:
    number = synthetic_national_id(date(1990, 5, 17), 0)
    assert code_of(NationalId.parse, number[:10] + str((int(number[10]) + 1) % 10)) == "checksum"


def test_spaces_are_ignored_and_printing_shows_only_dots() -> None:
    number = synthetic_national_id(date(1990, 5, 17), 3)
    parsed = NationalId.parse(f" {number[:6]} {number[6:]}\n")
    assert parsed == NationalId(number)
    assert hash(parsed) == hash(NationalId(number))
    assert str(parsed) == parsed.masked == "•" * 11
    assert repr(parsed) == f"NationalId({'•' * 11})"


@pytest.mark.parametrize(
    ("born", "serial"), [((1853, 1, 1), 0), ((2040, 1, 1), 0), ((1990, 1, 1), 600), ((1990, 1, 1), -1)]
)
def test_synthetic_numbers_run_out(born: tuple[int, int, int], serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        synthetic_national_id(date(*born), serial)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2009-11-29", "2021-12-20", 12),
        ("1996-10-19", "2021-12-20", 25),
        ("1991-02-23", "2021-01-01", 29),
        ("1991-02-23", "2022-01-05", 30),
        ("2007-12-09", "2023-11-01", 15),
        ("2000-09-24", "2023-12-01", 23),
        ("2001-07-31", "2031-07-30", 29),
        ("2001-07-31", "2031-07-31", 30),
        ("2004-02-29", "2022-02-28", 17),
        ("2004-02-29", "2022-03-01", 18),
        ("2004-02-29", "2004-02-29", 0),
    ],
)
def test_age_is_whole_years_lived(born: str, on: str, age: int) -> None:
    assert age_on(date.fromisoformat(born), date.fromisoformat(on)) == age


@pytest.mark.parametrize(
    ("born", "age", "expected"),
    [("1952-08-12", 72, "2024-08-12"), ("2004-02-29", 18, "2022-03-01"), ("2004-02-29", 20, "2024-02-29")],
)
def test_the_birthday_of_an_age(born: str, age: int, expected: str) -> None:
    assert birthday(date.fromisoformat(born), age) == date.fromisoformat(expected)


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="before birth"):
        age_on(date(2000, 1, 2), date(2000, 1, 1))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "length"),
        ("88964078", "length"),
        ("8896407820", "length"),
        ("123456789", "checksum"),
        ("000000000", "digits"),
        ("12345678x", "digits"),
    ],
)
def test_an_organisation_number_that_is_wrong_is_refused(text: str | None, code: str) -> None:
    assert code_of(OrganisationNumber.parse, text) == code


def test_an_organisation_number_is_read_with_spaces_and_written_in_groups() -> None:
    number = demo_organisation_number(12)
    parsed = OrganisationNumber.parse(f"{number[:3]} {number[3:6]} {number[6:]}")
    assert str(parsed) == parsed.value == number
    assert parsed.grouped.replace(" ", "") == number
    with pytest.raises(ValueError, match="serial"):
        demo_organisation_number(1_000_000)
