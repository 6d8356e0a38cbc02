"""A change set is read in memory, beside the catalogue, never into it; what it changes is told value by value."""

from datetime import date

import pytest

from springbrett.catalogue import CatalogueError, load
from springbrett.catalogue.compare import between_days, between_editions
from springbrett.catalogue.entries import ahead, entries, in_force_on, resting_on, turns
from springbrett.catalogue.overlay import change_set, laid_over, path_of, text_of
from springbrett.catalogue.structs import Duration
from springbrett.steering.preview import touched

FILE = "measures/arbeidstrening.toml"
NINE_MONTHS = """
[[durations]]
from = 2027-07-01
ref = "tiltaksforskriften § 3-5"
source = "law"
months = 9
"""
NEW_RATE = """
[[rate]]
code = "made_up_rate"
name = { nb = "Sats", nn = "Sats", en = "Rate" }
unit = "NOK"
values = [{ from = 2027-01-01, ref = "house", source = "house", amount = 100 }]
"""


def with_nine_months() -> dict[str, bytes]:
    return {FILE: (text_of(FILE) + NINE_MONTHS).encode()}


def test_a_change_set_leaves_the_catalogue_as_it_was() -> None:
    before = load()
    edition = laid_over(with_nine_months())
    assert edition.measure("arbeidstrening").duration_on(date(2027, 7, 1)).months == 9
    assert load() is before
    assert before.measure("arbeidstrening").duration_on(date(2027, 7, 1)).months != 9


def test_the_difference_names_the_value_and_the_day_and_nothing_else() -> None:
    difference = between_editions(load(), laid_over(with_nine_months()))
    (change,) = difference.changes
    assert (change.owner, change.key, change.on) == ("arbeidstrening", "durations", date(2027, 7, 1))
    assert change.before == load().measure("arbeidstrening").duration_on(date(2027, 7, 1))
    assert isinstance(change.after, Duration)
    assert change.after.months == 9
    assert difference.days == (date(2027, 7, 1),)
    assert (difference.measures, difference.rates, difference.undated) == ({"arbeidstrening"}, frozenset(), ())


def test_the_same_files_differ_in_nothing() -> None:
    assert between_editions(load(), laid_over({FILE: text_of(FILE).encode()})).nothing


def test_a_text_without_a_date_is_told_of_too() -> None:
    other = text_of(FILE).replace('nav_code = "ARBTREN"', 'nav_code = "OTHER"')
    assert between_editions(load(), laid_over({FILE: other.encode()})).undated == ("arbeidstrening",)


def test_a_new_rate_touches_the_measures_that_cost_money_and_no_other() -> None:
    old, new = load(), laid_over({"rates/made_up.toml": NEW_RATE.encode()})
    difference = between_editions(old, new)
    assert difference.rates == {"made_up_rate"}
    found = touched(old, new, difference)
    assert "midlertidig_lonnstilskudd" in found
    assert all(new.measure(code).subsidies or new.measure(code).funding for code in found)


def test_a_changed_duration_touches_its_own_measure_only() -> None:
    old, new = load(), laid_over(with_nine_months())
    assert touched(old, new, between_editions(old, new)) == {"arbeidstrening"}


@pytest.mark.parametrize("name", ["arbeidstrening.toml", "measure/vta.toml", "measures/a/b.toml", "notes.md"])
def test_a_file_that_nothing_is_read_from_is_refused_and_not_ignored(name: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        laid_over({name: b""})
    (problem,) = caught.value.problems
    assert problem.file == name
    assert "measures" in problem.allowed


def test_a_file_handed_over_without_its_folder_finds_its_place() -> None:
    assert path_of("arbeidstrening.toml") == FILE
    assert path_of("rates/next.toml") == "rates/next.toml"
    assert path_of("unheard_of.toml") == "unheard_of.toml"


def test_an_empty_directory_is_no_change_set(tmp_path: object) -> None:
    with pytest.raises(CatalogueError, match="no TOML file"):
        change_set(tmp_path)  # type: ignore[arg-type]


def test_every_entry_lasts_until_the_day_before_the_next_of_its_slot() -> None:
    edition = laid_over(with_nine_months())
    durations = [e for e in entries(edition) if e.slot == ("measure", "arbeidstrening", "durations")]
    assert [e.until for e in durations[-2:]] == [date(2027, 6, 30), None]
    assert in_force_on(durations, date(2027, 6, 30)) == (durations[-2],)
    assert in_force_on(durations, date(2027, 7, 1)) == (durations[-1],)


def test_what_lies_ahead_begins_the_day_after_and_ends_with_the_horizon() -> None:
    edition = laid_over(with_nine_months())

    def days(on: date, until: date | None = None) -> list[date]:
        return [c.on for c in ahead(edition, on, until) if (c.owner, c.key) == ("arbeidstrening", "durations")]

    assert days(date(2027, 6, 30)) == [date(2027, 7, 1)]
    assert days(date(2027, 7, 1)) == []
    assert days(date(2026, 11, 22), date(2027, 6, 30)) == []
    assert days(date(2026, 11, 22), date(2027, 7, 1)) == [date(2027, 7, 1)]


def test_two_days_differ_in_what_turned_between_them() -> None:
    edition = laid_over(with_nine_months())
    (change,) = between_days(edition, date(2027, 6, 30), date(2027, 7, 1))
    assert (change.key, change.on) == ("durations", date(2027, 7, 1))
    assert isinstance(change.before, Duration)
    assert isinstance(change.after, Duration)
    back = between_days(edition, date(2027, 7, 1), date(2027, 6, 30))
    assert [(c.before, c.after) for c in back] == [(change.after, change.before)]


def test_a_section_is_told_by_all_that_rests_on_it() -> None:
    found = resting_on(entries(laid_over(with_nine_months())), "tiltaksforskriften", "3-5")
    assert {e.value.section for e in found} == {"3-5"}
    assert ("arbeidstrening", "durations", date(2027, 7, 1)) in {(e.owner, e.key, e.value.from_) for e in found}


def test_the_turns_of_a_slot_hand_over_from_one_value_to_the_next() -> None:
    found = [c for c in turns(entries(load())) if c.before and c.after]
    assert found
    assert all(c.before.from_ < c.after.from_ == c.on for c in found)  # type: ignore[union-attr]
