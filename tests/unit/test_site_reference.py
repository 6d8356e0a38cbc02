"""The rules reference says what the catalogue, the rules and the spec say; nothing in it is written by hand."""

import ast
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override

from springbrett import catalogue
from springbrett.site import reference, reference_format, reference_rules
from springbrett.site.reference_rules import chapter, functions, rates_chapter, sections_in


def test_there_is_a_chapter_for_every_measure_and_the_index_leads_to_it() -> None:
    pages = {path.name: text for path, text in reference_rules.pages().items()}
    for code, measure in catalogue.load().measures.items():
        assert f"# {measure.name.en}" in pages[f"{code}.md"]
        assert f"](rules/{code}.md)" in pages["rules.md"]
    assert "(rules/rates.md)" in pages["rules.md"]


def test_every_dated_value_of_a_measure_stands_in_its_chapter_under_its_section() -> None:
    with override("en"):
        measure = catalogue.load().measure("midlertidig_lonnstilskudd")
        text = chapter(measure)
    for _key, value in measure.dated_values:
        heading = (
            f"{value.act} § {value.section}"
            if value.section
            else {"house": "Our own choices"}.get(value.act, value.act)
        )
        _head, _mark, rest = text.partition(f"## [{heading}](")
        rest = rest or text.partition(f"## {heading}\n")[2]
        section = rest.partition("\n## ")[0]
        assert f"(from {value.from_}" in section, (heading, value.from_)


def test_the_steps_of_a_subsidy_and_the_extensions_of_a_duration_are_spelled_out() -> None:
    with override("en"):
        measure = catalogue.load().measure("midlertidig_lonnstilskudd")
        text = chapter(measure)
    subsidy = measure.subsidy_on(date(2026, 11, 22))
    assert subsidy
    for group in subsidy.groups:
        assert group.text.en in text
        assert all(f"{step.percent} %" in text for step in group.steps)
    assert all(more.text.en in text for more in measure.duration_on(date(2026, 11, 22)).extensions)


def test_a_chapter_tells_the_rates_it_is_paid_by_and_the_rates_have_a_chapter_of_their_own() -> None:
    with override("en"):
        grant = chapter(catalogue.load().measure("inkluderingstilskudd"))
        rates = rates_chapter()
    for code, rate in catalogue.load().rates.items():
        assert f"`{code}`" in rates
        assert rate.name.en in rates
    named = {funding.rate for funding in catalogue.load().measure("inkluderingstilskudd").funding if funding.rate}
    assert named
    assert all(f"`{code}`" in grant for code in named)
    assert "Not known here" in rates  # an amount nobody has given is said to be unknown


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("There must be time left (§ 3-5).", [("tiltaksforskriften", "3-5")]),
        ("(for arbeidstrening: tiltaksforskriften § 1-3a)", [("tiltaksforskriften", "1-3a")]),
        ("§§ 1-6, 3-6 and 3-7: every declaration", [("tiltaksforskriften", n) for n in ("1-6", "3-6", "3-7")]),
        ("firearigforskriften § 6", [("firearigforskriften", "6")]),
        ("arbeidsmarkedsloven § 17 and § 14A-7", [("arbeidsmarkedsloven", "17"), ("tiltaksforskriften", "14A-7")]),
        ("House: no section.", []),
    ],
)
def test_the_sections_a_text_names_are_found(text: str, sections: list[tuple[str, str]]) -> None:
    assert list(sections_in(text)) == sections


@pytest.mark.parametrize(
    ("code", "sections", "sentence"),
    [
        ("def test_9_4_12_months_for_all(): pass", ["9-4"], "12 months for all"),
        ("def test_3_5_3_7_both_hold(): pass", ["3-5", "3-7"], "both hold"),
        ("def test_14a_2_only_in_ordinary_business(): pass", ["14A-2"], "only in ordinary business"),
        ("def test_1_3a_also_on_ships(): pass", ["1-3a"], "also on ships"),
        ("@pytest.mark.rule('firearigforskriften § 8')\ndef test_8_four_years(): pass", ["8"], "four years"),
        ("def test_2_parties_must_agree(): pass", [], "2 parties must agree"),
    ],
)
def test_a_spec_test_is_a_sentence_about_its_sections(code: str, sections: list[str], sentence: str) -> None:
    node = ast.parse(code).body[0]
    assert isinstance(node, ast.FunctionDef)
    found, said = reference_rules._specified(node)
    assert ([number for _act, number in found], said) == (sections, sentence)


def test_a_function_is_found_by_the_section_in_its_first_line() -> None:
    assert any("choice.eligibility.minimum_age" in line for line in functions()["tiltaksforskriften", "1-3"])


def test_a_chapter_does_not_quote_another_measures_own_spec() -> None:
    with override("en"):
        text = chapter(catalogue.load().measure("mentor"))
    assert "test_law_mentor.py" in text
    assert "test_law_aft.py" not in text
    assert "test_choice_arbeidstrening.py" not in text


def test_a_page_that_differs_and_a_chapter_left_over_are_both_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, gone = tmp_path / "docs" / "reference" / "rules" / "a.md", tmp_path / "docs" / "reference" / "rules" / "b.md"
    page.parent.mkdir(parents=True)
    page.write_text("old")
    gone.write_text("a measure that is no more")
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    monkeypatch.setattr(reference_rules, "ROOT", tmp_path)
    monkeypatch.setattr(reference, "pages", lambda: {page: "new"})
    assert {path.name for path in reference.stale()} == {"a.md", "b.md"}
    reference.write()
    assert page.read_text() == "new"
    assert not gone.exists()
    assert reference.stale() == []


def test_the_table_of_keys_is_read_from_the_type() -> None:
    table = reference_format.tables(["Duration", "RateValue"])
    assert "| `months` | a whole number |" in table
    assert "| `extensions` | a list of: an Extension |" in table
    assert "`from`" not in table  # said once for every dated value
    assert "`[[durations]]` (dated)" in table
    assert "`[[rate.values]]` (dated)" in table
