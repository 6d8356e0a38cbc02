"""The first results, held against numbers worked out by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springbrett.evaluation.results import PlacementRow, Quartiles, cells, quartiles, summarise

START = date(2026, 1, 1)


def row(key: int, days: int | None = 30, **facts: object) -> PlacementRow:
    ended = START + timedelta(days=days - 1) if days else None
    said = {"measure": "arbeidstrening", "chain": "language", "main_purpose": "language", "start": START,
            "ended": ended, **facts}  # fmt: skip
    return PlacementRow(key=str(key), **said)  # type: ignore[arg-type]


def test_a_small_example_by_hand() -> None:
    rows = [
        row(1, 30, judged="on_chain", outcomes=("job_same_employer",)),
        row(2, 60, judged="on_chain", outcomes=("education", "job_elsewhere")),
        row(3, 90, judged="branch", outcomes=("wage_subsidy",)),
        row(4, 120, judged="off_chain", outcomes=("none",), early=True, end_reason="no_shows"),
        row(5, 45, chain="work_experience", main_purpose="work_experience"),
        row(6, None, chain="work_experience", main_purpose="language"),
    ]
    found = summarise(rows, minimum_cell=1)
    assert (found.placements, found.running, found.ended, found.undecided) == (6, 1, 5, 1)
    assert [(c.code, c.count) for c in found.purposes] == [("language", 5), ("work_experience", 1)]
    assert found.purposes[0].percent == pytest.approx(100 * 5 / 6)
    language, experience = found.chains
    assert [(c.code, c.count, c.percent) for c in language.judged] == [
        ("on_chain", 2, 50.0), ("branch", 1, 25.0), ("off_chain", 1, 25.0)
    ]  # fmt: skip
    assert (language.decided, experience.decided) == (4, 0)
    assert {c.code: c.percent for c in language.outcomes}["education"] == 25.0
    assert language.durations == Quartiles(4, 52.5, 75.0, 97.5)
    assert found.durations == Quartiles(5, 45.0, 60.0, 90.0)
    assert [(c.code, c.count) for c in found.early_ends] == [("no_shows", 1)]


def test_a_small_number_is_not_shown_nor_can_it_be_worked_out() -> None:
    found = {cell.code: cell.count for cell in cells({"a": 20, "b": 7, "c": 2}, 5)}
    assert found == {"a": 20, "b": None, "c": None}
    assert {cell.code: cell.count for cell in cells({"a": 20, "b": 1, "c": 2}, 5)} == dict.fromkeys("abc")


def test_nothing_at_all_is_shown_as_nothing() -> None:
    found = summarise([], minimum_cell=5)
    assert found.empty and found.chains == () and found.durations is None


def test_a_group_under_the_minimum_shows_no_number() -> None:
    found = summarise([row(n, judged="on_chain", outcomes=("education",)) for n in range(3)], minimum_cell=5)
    assert found.placements is None and found.ended is None and found.durations is None
    assert [cell.count for cell in found.chains[0].judged] == [None, None, None]
    assert found.chains[0].outcomes == ()


def test_an_outcome_without_a_chain_is_counted_and_not_judged() -> None:
    found = summarise([row(1, judged="unknown", outcomes=("education",))], minimum_cell=1)
    assert found.chains[0].decided == 1 and found.chains[0].judged[-1].code == "unknown"


@pytest.mark.parametrize("wrong", [[row(1), row(1)], [row(1, 30, ended=START - timedelta(days=2))]])
def test_rows_that_cannot_be_true_are_refused(wrong: list[PlacementRow]) -> None:
    with pytest.raises(ValueError, match="placement"):
        summarise(wrong, minimum_cell=1)


def test_the_minimum_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="minimum"):
        summarise([], minimum_cell=0)


counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), max_size=8)


@given(counts, st.integers(1, 10))
def test_no_suppressed_number_follows_from_the_total(told: dict[str, int], minimum: int) -> None:
    shown = cells(told, minimum)
    hidden = [told[cell.code] for cell in shown if cell.suppressed]
    assert all(cell.count is None or cell.count == 0 or cell.count >= minimum for cell in shown)
    visible_total = sum(told.values()) >= minimum
    assert not (visible_total and hidden) or (len(hidden) > 1 and sum(hidden) >= minimum)


@given(st.lists(st.integers(1, 700), min_size=2, max_size=60))
def test_quartiles_are_those_of_the_slow_way(days: list[int]) -> None:
    ordered = sorted(days)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])

    found = quartiles(days, 1)
    assert found is not None
    assert (found.lower, found.median, found.upper) == pytest.approx((at(0.25), at(0.5), at(0.75)))
