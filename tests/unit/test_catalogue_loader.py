"""The loader refuses what does not hold together, and says where, what, and what is allowed."""

import shutil
import time
from pathlib import Path

import pytest

from springbrett.catalogue import CatalogueError, Problem, load
from springbrett.catalogue.loader import DATA, read

MEASURE = "measures/arbeidstrening.toml"
SUMMER = "measures/sommerjobb.toml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the catalogue that a test may break."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def change(copy: Path, file: str, old: str, new: str) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(copy: Path) -> tuple[Problem, ...]:
    with pytest.raises(CatalogueError) as caught:
        read(copy)
    return caught.value.problems


def the_problem(copy: Path) -> Problem:
    found = problems(copy)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def test_the_catalogue_that_comes_with_the_program_holds_together() -> None:
    assert load().measure("arbeidstrening").depth == "full"


def test_a_misspelt_key_is_named_with_the_keys_that_are_allowed(copy: Path) -> None:
    change(copy, MEASURE, "every_months = 3", "every_month = 3")
    problem = the_problem(copy)
    assert problem.file == MEASURE
    assert problem.key == "reviews[0]"
    assert "every_month" in problem.message
    assert "every_months" in problem.allowed


def test_a_wrong_kind_of_value_is_named_with_the_value_and_what_is_allowed(copy: Path) -> None:
    change(copy, MEASURE, "months = 12", 'months = "twelve"')
    problem = the_problem(copy)
    assert (problem.file, problem.key, problem.value) == (MEASURE, "durations[0].months", "twelve")
    assert problem.allowed == "a whole number"


def test_a_value_outside_its_choices_is_named_with_the_choices(copy: Path) -> None:
    change(copy, MEASURE, 'kind = "placement"', 'kind = "placing"')
    problem = the_problem(copy)
    assert (problem.key, problem.value) == ("kind", "placing")
    assert "subsidy" in problem.allowed


def test_a_date_in_quotes_is_refused(copy: Path) -> None:
    change(
        copy,
        MEASURE,
        'from = 2025-08-01\nref = "tiltaksforskriften § 1-3"',
        'from = "soon"\nref = "tiltaksforskriften § 1-3"',
    )
    problem = the_problem(copy)
    assert (problem.key, problem.value) == ("min_age[1].from", "soon")
    assert problem.allowed == "a date as 2026-01-31, without quotes"


def test_a_text_that_lacks_a_language_is_named(copy: Path) -> None:
    change(copy, MEASURE, 'nn = "Arbeidstrening"\n', "")
    problem = the_problem(copy)
    assert problem.key == "name"
    assert "`nn`" in problem.message


def test_an_empty_text_is_named(copy: Path) -> None:
    change(copy, MEASURE, 'nn = "Arbeidstrening"\n', 'nn = " "\n')
    problem = the_problem(copy)
    assert (problem.file, problem.key) == (MEASURE, "name.nn")
    assert "missing in nn" in problem.message


def test_an_unknown_measure_in_a_reference_is_named_with_those_that_exist(copy: Path) -> None:
    change(copy, MEASURE, 'near = ["avklaring"', 'near = ["afklaring"')
    problem = the_problem(copy)
    assert (problem.key, problem.value) == ("related.near", "afklaring")
    assert "avklaring" in problem.allowed


def test_an_unknown_outcome_in_a_chain_is_named(copy: Path) -> None:
    change(copy, "chains/language.toml", '"better_language"]', '"better_norwegian"]')
    problem = the_problem(copy)
    assert (problem.file, problem.key, problem.value) == (
        "chains/language.toml", "desired_outcomes", "better_norwegian",
    )  # fmt: skip


def test_an_outcome_cannot_be_both_desired_and_another_branch(copy: Path) -> None:
    change(copy, "chains/language.toml", 'desired_outcomes = ["', 'desired_outcomes = ["wage_subsidy", "')
    assert the_problem(copy).value == "wage_subsidy"


def test_an_unknown_source_of_a_value_is_named(copy: Path) -> None:
    change(copy, MEASURE, 'ref = "tiltaksforskriften § 3-5"', 'ref = "tiltaksloven § 3-5"')
    problem = the_problem(copy)
    assert (problem.key, problem.value) == ("durations[0].ref", "tiltaksloven § 3-5")
    assert "tiltaksforskriften" in problem.allowed


def test_a_misspelt_fact_in_a_condition_is_named(copy: Path) -> None:
    change(copy, "chains/language.toml", 'fact = "cefr_oral"', 'fact = "cefr_spoken"')
    problem = the_problem(copy)
    assert problem.key == "fits[0].fact"
    assert problem.value == "cefr_spoken"


def test_an_operator_that_does_not_suit_the_fact_is_named(copy: Path) -> None:
    change(copy, "chains/language.toml", 'op = "lte"', 'op = "contains"')
    problem = the_problem(copy)
    assert (problem.key, problem.value) == ("fits[0].op", "contains")
    assert "lte" in problem.allowed


def test_a_code_that_the_fact_cannot_have_is_named(copy: Path) -> None:
    change(copy, "chains/language.toml", 'value = "A2"', 'value = "A9"')
    problem = the_problem(copy)
    assert (problem.key, problem.value) == ("fits[0].value", "A9")


SECOND_REVIEW = """
[[reviews]]
from = {day}
ref = "tiltaksforskriften § 3-5"
source = "law"
every_months = 2
"""


def add_before_reports(copy: Path, text: str) -> None:
    change(copy, MEASURE, "# ---- reports the employer owes", text + "\n# ---- reports the employer owes")


def test_dates_out_of_order_are_named(copy: Path) -> None:
    add_before_reports(copy, SECOND_REVIEW.format(day="2015-01-01"))
    assert "out of order" in the_problem(copy).message


def test_two_values_from_the_same_day_are_refused(copy: Path) -> None:
    add_before_reports(copy, SECOND_REVIEW.format(day="2016-01-01"))
    assert "out of order" in the_problem(copy).message


def test_overlapping_periods_are_named(copy: Path) -> None:
    change(copy, MEASURE, "every_months = 3", "every_months = 3\nto = 2027-12-31")
    add_before_reports(copy, SECOND_REVIEW.format(day="2027-06-01"))
    problem = the_problem(copy)
    assert "overlap" in problem.message
    assert "2027-12-31" in problem.allowed


def test_a_date_far_out_of_range_is_named(copy: Path) -> None:
    add_before_reports(copy, SECOND_REVIEW.format(day="2206-01-01"))
    assert "out of range" in the_problem(copy).message


def test_a_value_that_ends_before_it_starts_is_named(copy: Path) -> None:
    change(copy, MEASURE, "every_months = 3", "every_months = 3\nto = 2015-12-31")
    assert "ends before it starts" in the_problem(copy).message


def test_the_code_must_be_the_name_of_the_file(copy: Path) -> None:
    change(copy, MEASURE, 'code = "arbeidstrening"', 'code = "arbeidspraksis"')
    problem = problems(copy)[0]
    assert (problem.key, problem.value, problem.allowed) == ("code", "arbeidspraksis", '"arbeidstrening"')


def test_a_code_that_stands_twice_is_named(copy: Path) -> None:
    change(copy, "codes/party.toml", 'code = "employer"', 'code = "participant"')
    found = problems(copy)
    assert any(problem.value == "participant" and "twice" in problem.message for problem in found)


def test_a_missing_code_list_is_named(copy: Path) -> None:
    (copy / "reasons/extension_reason.toml").unlink()
    assert the_problem(copy).file == "codes/extension_reason.toml"


def test_a_file_that_is_not_toml_is_named(copy: Path) -> None:
    (copy / MEASURE).write_text("code = ", encoding="utf-8")
    assert problems(copy)[0].file == MEASURE


def test_every_problem_is_told_at_once_and_in_words(copy: Path) -> None:
    change(copy, MEASURE, "months = 12", 'months = "twelve"')
    change(copy, "chains/language.toml", "intensity = 2", "intensity = 7")
    with pytest.raises(CatalogueError) as caught:
        read(copy)
    text = str(caught.value)
    assert "measures/arbeidstrening.toml: durations[0].months" in text
    assert "chains/language.toml: followup.intensity" in text
    assert "(found 7)" in text
    assert "Allowed: 1, 2, 3." in text


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="does not exist"):
        read(tmp_path / "nowhere")


def test_the_same_files_give_the_same_version_and_a_changed_word_another(copy: Path) -> None:
    first = read(copy).version
    assert read(copy).version == first == load().version
    change(copy, MEASURE, "every_months = 3", "every_months = 2")
    assert read(copy).version != first


def test_the_version_fits_in_an_event() -> None:
    version = load().version
    assert len(version) <= 40
    assert set(version) <= set("0123456789abcdef-.")


def test_loading_twice_gives_the_same_object() -> None:
    assert load() is load()


@pytest.mark.parametrize(
    ("file", "words", "key", "value", "allowed"),
    [
        (MEASURE, ("months = 12\n", "months = 0\n"), "durations.months", 0, "1 or more"),
        (
            MEASURE,
            ("months = 12\n", "months = 12\nweeks = 4\n"),
            "durations",
            None,
            "one of months, weeks and unlimited",
        ),
        (MEASURE, ("months = 18,", "months = 12,"), "durations.extensions (reduced_capacity)", 12, "more than 12"),
        (MEASURE, ("months = 18,", "weeks = 70,"), "durations.extensions (reduced_capacity)", None, "months"),
        (MEASURE, ("years = 16\n", "years = 160\n"), "min_age.years", 160, "0 to 120"),
        (MEASURE, ("every_months = 3\n", "every_months = 0\n"), "reviews.every_months", 0, "1 or more"),
        (MEASURE, ("days_back = 7", "days_back = -7"), "agreement.start_window.days_back", -7, "0 or more"),
        (SUMMER, ('first = "06-01"', 'first = "06-31"'), "seasons.first", "06-31", "a month and a day"),
        (SUMMER, ('last = "08-31"', 'last = "05-31"'), "seasons.last", "05-31", "06-01 or later"),
    ],
)
def test_a_limit_that_cannot_be_is_named_with_what_is_allowed(
    copy: Path, file: str, words: tuple[str, str], key: str, value: object, allowed: str
) -> None:
    change(copy, file, *words)
    problem = the_problem(copy)
    assert (problem.file, problem.key, problem.value) == (file, key, value)
    assert allowed in problem.allowed


def test_a_circumstance_cannot_have_the_name_of_a_fact(copy: Path) -> None:
    change(copy, "codes/circumstance.toml", 'code = "special_reasons_for_more_time"', 'code = "job_seeker"')
    found = [problem for problem in problems(copy) if problem.value == "job_seeker"]
    assert [problem.file for problem in found] == ["codes/circumstance.toml"]


def test_a_mistake_in_the_toml_itself_is_named_with_line_and_column(copy: Path) -> None:
    (copy / MEASURE).write_text('code = "arbeidstrening"\nfrom = 2026-13-01\n', encoding="utf-8")
    problem = problems(copy)[0]
    assert problem.file == MEASURE
    assert "line 2, column" in problem.message
    assert problem.allowed == "TOML 1.0 in UTF-8"


def test_the_whole_catalogue_loads_and_validates_in_under_300_ms() -> None:
    """Of the processor's own time, the best of three, so that a busy machine does not decide."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        read(DATA)
        took.append(time.process_time() - begun)
    assert min(took) < 0.3
