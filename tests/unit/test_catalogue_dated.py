"""What was in force on a day, on the days where it turns; conditions that may be unknown; the four commands."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from springbrett.catalogue import NotInForce, UnknownCode, all_in_force, commands, dated, in_force, load
from springbrett.catalogue.conditions import Condition, all_of, any_group, any_of, evaluate, evaluate_on, score
from springbrett.catalogue.entries import entries, turns
from springbrett.catalogue.structs import Fit, Review, Rule, Text

DAY = timedelta(days=1)
WORDS = Text(nb="a", nn="b", en="c")


def review(from_: date, months: int, to: date | None = None) -> Review:
    return Review(from_=from_, to=to, ref="house", source="house", every_months=months)


OLD = review(date(2016, 1, 1), 3)
NEW = review(date(2027, 1, 1), 2)


@pytest.mark.parametrize(
    ("on", "months"),
    [(date(2016, 1, 1), 3), (date(2026, 12, 31), 3), (date(2027, 1, 1), 2), (date(2040, 1, 1), 2)],
)
def test_a_value_holds_from_its_first_day_until_the_day_before_the_next(on: date, months: int) -> None:
    assert dated((OLD, NEW), on).every_months == months


def test_the_day_before_the_first_value_nothing_is_known_and_the_error_says_so() -> None:
    with pytest.raises(NotInForce) as caught:
        dated((OLD, NEW), OLD.from_ - DAY, "measures/x.toml: reviews")
    assert caught.value.first == OLD.from_
    assert "measures/x.toml: reviews" in str(caught.value)
    assert "2015-12-31" in str(caught.value)


def test_a_value_that_has_ended_leaves_a_gap_and_does_not_fall_back() -> None:
    ended = review(date(2016, 1, 1), 3, to=date(2019, 6, 30))
    assert in_force((ended, NEW), date(2019, 6, 30)) is ended
    assert in_force((ended, NEW), date(2019, 7, 1)) is None


def test_a_changed_rule_replaces_the_one_with_its_code_and_leaves_the_others() -> None:
    def rule(code: str, from_: date) -> Rule:
        return Rule(from_=from_, ref="house", source="house", code=code, text=WORDS)

    a_old, b, a_new = rule("a", date(2016, 1, 1)), rule("b", date(2016, 1, 1)), rule("a", date(2022, 9, 1))
    assert all_in_force((a_old, b, a_new), date(2022, 8, 31)) == (a_old, b)
    assert all_in_force((a_old, b, a_new), date(2022, 9, 1)) == (a_new, b)


@pytest.mark.parametrize(
    ("op", "value", "fact", "answer"),
    [
        ("eq", True, True, True), ("eq", True, False, False), ("ne", "A1", "A2", True), ("lt", 2, 1.5, True),
        ("lt", 2, 2, False), ("gte", 2, 2, True), ("lte", "A2", "A1", True), ("lte", "A2", "B1", False),
        ("in", ("x", "y"), "x", True), ("not_in", ("x",), "y", True), ("contains", "x", ("x", "y"), True),
        ("contains_any", ("x", "z"), ("y",), False), ("not_empty", True, (), False), ("empty", True, (), True),
        ("gt", 2, 3, True),
    ],
)  # fmt: skip
def test_each_operator(op: str, value: object, fact: object, answer: bool) -> None:
    condition = Condition(fact="f", op=op, value=value)  # type: ignore[arg-type]
    assert evaluate(condition, fact) is answer
    assert evaluate(condition, None) is None


def test_unknown_never_becomes_no() -> None:
    assert all_of([True, None]) is None
    assert all_of([False, None]) is False
    assert any_of([False, None]) is None
    assert any_of([True, None]) is True
    groups = ((Condition(fact="a"), Condition(fact="b")), (Condition(fact="c"),))
    assert any_group(groups, {"a": True, "c": False}) is None
    assert any_group(groups, {"a": True, "b": True, "c": False}) is True
    assert any_group(groups, {"a": False, "c": False}) is False


def test_a_fact_is_read_from_an_object_or_a_mapping() -> None:
    assert evaluate_on(Condition(fact="a"), SimpleNamespace(a=True)) is True
    assert evaluate_on(Condition(fact="a"), SimpleNamespace()) is None
    assert evaluate_on(Condition(fact="a"), {"a": False}) is False


def test_a_score_adds_what_is_met_and_keeps_what_is_unknown() -> None:
    fits = tuple(Fit(fact=fact, weight=weight, text=WORDS) for fact, weight in (("a", 10), ("b", -4), ("c", 5)))
    found = score(fits, {"a": True, "b": True})
    assert (found.total, found.possible) == (6, 5)
    assert [fit.fact for fit in found.for_] == ["a"]
    assert [fit.fact for fit in found.against] == ["b"]
    assert [fit.fact for fit in found.unknown] == ["c"]


@pytest.mark.parametrize(("language", "text"), [("nb", "a"), ("no", "a"), ("nn", "b"), ("nn-NO", "b"), ("en-gb", "c")])
def test_a_text_answers_in_the_language_asked_for(language: str, text: str) -> None:
    assert WORDS.get(language) == text


def test_an_unknown_code_says_what_was_asked_for() -> None:
    with pytest.raises(UnknownCode, match=r"measure.*'nothing'"):
        load().measure("nothing")
    with pytest.raises(UnknownCode, match="code list"):
        load().codes("nothing")
    assert load().name("outcome", "an_old_code") == "an_old_code"


def test_house_values_are_dated_and_grouped() -> None:
    catalogue = load()
    on = date(2026, 11, 1)
    assert catalogue.house_int("due_soon_days", on) == 7
    assert catalogue.house_value("later_status_months", on) == (6, 12, 24)
    assert catalogue.house_group("matching", on)["wish_occupation"] == 30
    with pytest.raises(NotInForce):
        catalogue.house_int("due_soon_days", date(2015, 12, 31))
    with pytest.raises(TypeError, match="not a whole number"):
        catalogue.house_int("full_week_hours", on)


def test_check_tells_what_the_catalogue_holds() -> None:
    assert load().version in commands.check()


def test_show_tells_the_value_of_the_day_and_its_section() -> None:
    text = commands.show("arbeidstrening", date(2026, 11, 1))
    assert "min_age: years 16" in text
    assert "durations: months 12, extensions reduced_capacity 18" in text
    assert "[tiltaksforskriften § 3-5, law]" in text
    assert "min_age: not known" in commands.show("arbeidstrening", date(2025, 7, 31))
    assert "NOT in force" in commands.show("arbeidstrening", date(2015, 12, 31))


def test_diff_tells_only_what_turns_between_the_days() -> None:
    text = commands.diff(date(2022, 8, 31), date(2022, 9, 1))
    assert "+ rules.contact_points" in text
    assert "durations" not in text
    assert commands.diff(date(2024, 1, 1), date(2024, 1, 1)).endswith("nothing differs")


def test_diff_tells_of_a_value_that_ended() -> None:
    ended = next(turn for turn in turns(entries(load())) if turn.after is None)
    text = commands.diff(ended.on - DAY, ended.on)
    assert f"- {ended.key}: {commands.describe(ended.before)}" in text  # type: ignore[arg-type]


def test_history_is_told_oldest_first_with_notes() -> None:
    lines = commands.history("arbeidstrening").splitlines()
    days = [line[:10] for line in lines if line[:4].isdigit()]
    assert days == sorted(days)
    assert any(line.startswith("    The wording of § 1-3") for line in lines)


def test_an_occupation_is_known_by_its_four_digits() -> None:
    for entry in load().codes("occupation"):
        assert entry.code == entry.styrk  # type: ignore[attr-defined]
        assert len(entry.code) == 4
        assert entry.code.isdigit()


def test_places_lie_in_norway() -> None:
    for entry in load().codes("place"):
        assert 57.9 <= entry.lat <= 71.2  # type: ignore[attr-defined]
        assert 4.5 <= entry.lon <= 31.2  # type: ignore[attr-defined]
