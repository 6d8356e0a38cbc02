"""What must hold for every number, checked against control digits worked out by hand."""

from __future__ import annotations

import pickle
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springbrett.kernel.identity import (
    IdentityError,
    NationalId,
    OrganisationNumber,
    age_on,
    birthday,
    demo_organisation_number,
    synthetic_national_id,
)

FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
born = st.dates(date(1854, 1, 1), date(2039, 12, 31))
serials = st.integers(0, 150)


def weighed(weights: tuple[int, ...], digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11


def control_digits_hold(number: str) -> bool:
    return weighed(FIRST_WEIGHTS, number[:10]) == 0 and weighed(SECOND_WEIGHTS, number) == 0


def slow_age(birth_date: date, on: date) -> int:
    """Count the anniversaries: 29 February is passed on 1 March in a common year."""
    age = 0
    while (birth_date.year + age + 1, birth_date.month, birth_date.day) <= (on.year, on.month, on.day):
        age += 1
    return age


@given(born, serials)
def test_a_synthetic_number_is_valid_and_tells_its_birth_date(birth_date: date, serial: int) -> None:
    number = synthetic_national_id(birth_date, serial)
    parsed = NationalId.parse(number)
    assert (parsed.kind, parsed.birth_date, parsed.value) == ("synthetic", birth_date, number)
    assert control_digits_hold(number)
    assert 81 <= int(number[2:4]) <= 92
    assert number == synthetic_national_id(birth_date, serial)


@given(born, st.sets(serials, min_size=2, max_size=4))
def test_each_serial_has_its_own_number(birth_date: date, chosen: set[int]) -> None:
    assert len({synthetic_national_id(birth_date, serial) for serial in chosen}) == len(chosen)


@given(born, serials, st.integers(0, 10), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(birth_date: date, serial: int, place: int, added: int) -> None:
    number = synthetic_national_id(birth_date, serial)
    wrong = number[:place] + str((int(number[place]) + added) % 10) + number[place + 1 :]
    with pytest.raises(IdentityError) as error:
        NationalId.parse(wrong)
    assert error.value.code in {"date", "checksum"}
    assert wrong not in str(error.value) + repr(error.value)


@given(st.text(st.characters() | st.sampled_from("0123456789"), max_size=13) | st.from_regex(r"\A[0-9]{11}\Z"))
def test_whatever_is_typed_is_read_or_refused_without_being_repeated(text: str) -> None:
    try:
        parsed = NationalId.parse(text)
    except IdentityError as error:
        assert error.code in {"length", "digits", "date", "checksum"}
        assert str(error) == f"the number was not accepted: {error.code}"
        assert error.__cause__ is None
        assert pickle.loads(pickle.dumps(error)).code == error.code
    else:
        assert control_digits_hold(parsed.value)
        assert parsed.value not in f"{parsed} {parsed!r} {parsed.masked}"


@given(st.integers(0, 10**11 - 1))
def test_a_number_is_accepted_only_if_its_control_digits_hold(number: int) -> None:
    text = f"{number:011}"
    try:
        NationalId(text)
    except IdentityError as error:
        assert error.code == "date" or not control_digits_hold(text)
    else:
        assert control_digits_hold(text)


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_demo_organisation_numbers_are_valid_and_distinct(a: int, b: int) -> None:
    number = demo_organisation_number(a)
    assert OrganisationNumber.parse(number).value == number
    assert number.startswith("3")
    assert weighed((3, 2, 7, 6, 5, 4, 3, 2, 1), number) == 0
    assert (number == demo_organisation_number(b)) == (a == b)


@given(st.integers(0, 999_999), st.integers(0, 8), st.integers(1, 9))
def test_one_mistyped_digit_in_an_organisation_number_is_noticed(serial: int, place: int, added: int) -> None:
    number = demo_organisation_number(serial)
    wrong = number[:place] + str((int(number[place]) + added) % 10) + number[place + 1 :]
    with pytest.raises(IdentityError):
        OrganisationNumber.parse(wrong)


@given(born, st.integers(0, 40_000))
def test_age_counts_the_birthdays_passed(birth_date: date, lived: int) -> None:
    on = birth_date + timedelta(days=lived)
    assert age_on(birth_date, on) == slow_age(birth_date, on)


@given(born, st.integers(1, 110))
def test_the_birthday_is_the_first_day_of_an_age(birth_date: date, age: int) -> None:
    day = birthday(birth_date, age)
    assert age_on(birth_date, day) == age
    assert age_on(birth_date, day - timedelta(days=1)) == age - 1
