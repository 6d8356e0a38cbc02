"""A vignette study from its file to its report: what is refused, what is drawn, and what is not told."""

from dataclasses import replace
from pathlib import Path

import pytest

from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.vignettes.answers import Answer, Answers, answers_of, read_answers, write_answers
from springbrett.evaluation.vignettes.run import run
from springbrett.evaluation.vignettes.simulate import draw, read_recipe
from springbrett.evaluation.vignettes.studies import Study, StudyError, read_study
from springbrett.evaluation.vignettes.summary import Summary, summarise
from springbrett.vignettes import library

ANSWERS = ("suitable", "later", "not_suitable")


def six() -> Study:
    return library.studies()["six_persons"].study


def drawn(code: str = "six_persons") -> Answers:
    return draw(library.studies()[code].study, read_recipe(library.recipe_path(code)))


def real(answers: Answers) -> Answers:
    """The same answers as if advisers had given them."""
    return Answers(tuple(replace(row, simulated=False) for row in answers.rows))


# --- studies and answers ---------------------------------------------------------------------------------------------

SMALL = """
code = "small"
title = { nb = "x", nn = "x", en = "x" }
question = { nb = "x", nn = "x", en = "x" }
about = []
based_on = { nb = "x", nn = "x", en = "x" }
roles = ["caseworker"]
minutes = 5
minimum_cell = 5
[design]
kind = "all"
[[persons]]
code = "a"
name = "A"
age = 30
facts = []
tests = { nb = "x", nn = "x", en = "x" }
[[questions]]
code = "q"
kind = "one"
tells = "judgement"
ordered = true
text = { nb = "x", nn = "x", en = "x" }
options = [{ code = "yes", text = { nb = "x", nn = "x", en = "x" } }, { code = "no", text = { nb = "x", nn = "x", en = "x" } }]
"""  # noqa: E501


@pytest.mark.parametrize(("change", "key"), [
    (('code = "small"', 'code = "other"'), "code"),
    (('roles = ["caseworker"]', 'roles = ["king"]'), "roles"),
    (('roles = ["caseworker"]', "roles = []"), "roles"),
    (("minimum_cell = 5", "minimum_cell = 0"), "minimum_cell"),
    (('kind = "all"', 'kind = "all"\neach = 3'), "design.each"),
    (('kind = "all"', 'kind = "subset"\neach = 3'), "design.each"),
    (("ordered = true\n", ""), "questions (q)"),
    (('tells = "judgement"\n', ""), "questions.tells"),
    (('code = "no"', 'code = "yes"'), "questions (q).options"),
    (('kind = "one"', 'kind = "number"'), "questions (q)"),
    (('kind = "one"', 'kind = "oen"'), "questions[0].kind"),
    (("minutes = 5\n", "minutes = 5\nmeasure = \"magic\"\n"), "measure"),
    (("minutes = 5\n", "minutes = 5\nminuts = 5\n"), "-"),
])  # fmt: skip
def test_what_is_wrong_with_a_study_is_named(change: tuple[str, str], key: str, tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert read_study(path).study.code == "small"
    assert change[0] in SMALL
    path.write_text(SMALL.replace(*change), encoding="utf-8")
    with pytest.raises(StudyError) as error:
        read_study(path)
    assert key in {problem.key for problem in error.value.problems}


def test_a_file_that_is_none_or_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no such study"):
        read_study(tmp_path / "nothing.toml")
    (tmp_path / "bad.toml").write_text("code = ", encoding="utf-8")
    with pytest.raises(StudyError, match=r"bad\.toml"):
        read_study(tmp_path / "bad.toml")


def test_the_six_persons_of_the_report_are_there_with_their_facts() -> None:
    told = {person.code: (person.age, " ".join(fact.nb for fact in person.facts)) for person in six().persons}
    assert {code: age for code, (age, _facts) in told.items()} == {
        "atle": 24, "anita": 19, "josef": 35, "marja": 42, "kenneth": 50, "silje": 33,
    }  # fmt: skip
    for code, words in {"atle": "motivert", "anita": "sosial angst", "josef": "A2", "marja": "barnehage",
                        "kenneth": "AAP", "silje": "fengsel"}.items():  # fmt: skip
        assert words in told[code][1]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_answers_are_read_as_they_were_written(suffix: str, tmp_path: Path) -> None:
    rows = (Answer("s", "r1", "0901", "caseworker", "atle", 1, "why", 'med "hermetegn", komma\nog linje'),
            Answer("s", "r1", "", "caseworker", "atle", 1, "suitable", "later"))  # fmt: skip
    write_answers(Answers(rows), tmp_path / f"a.{suffix}")
    assert read_answers(tmp_path / f"a.{suffix}") == Answers(rows)


def test_answers_that_lack_a_column_or_answer_twice_are_refused() -> None:
    with pytest.raises(CannotEstimate, match="lack respondent"):
        answers_of([{"study": "s"}])
    twice = Answers(tuple(Answer("s", "r", "", "", "atle", 1, "suitable", value) for value in ANSWERS[:2]))
    with pytest.raises(CannotEstimate, match="two answers"):
        twice.matrix("suitable", ["atle"], ANSWERS)
    with pytest.raises(CannotEstimate, match="not an answer"):
        twice.matrix("suitable", ["atle"], ["suitable"])


def test_the_drawn_answers_have_the_counts_the_report_tells_of() -> None:
    answers, found = drawn(), {}
    for person in six().persons:
        given = [values[0] for values in answers.given(person.code, "suitable").values()]
        found[person.code] = [given.count(code) for code in ANSWERS]
    assert (sum(found["atle"]), sum(found["silje"]), found["silje"][2]) == (12, 11, 3)
    assert found["josef"] == [10, 2, 0]
    assert answers.simulated and answers == drawn()
    levels = [values[0] for values in answers.given("kenneth", "needs_level").values()]
    assert set(levels) == {"spesielt_tilpasset_innsats"}


def test_the_drawn_job_specialists_have_the_figures_told_of_them() -> None:
    found = summarise(library.studies()["job_specialists"].study, drawn("job_specialists"))
    important, week = found.sections[0], found.sections[1]
    assert important.asked[0].shares[0].share == 0.8
    caseload = week.asked[0]
    assert caseload.numbers is not None and 15 < caseload.numbers.mean < 15.6
    assert caseload.by is not None and caseload.by["aap_subsidy"].mean == 23.0
    assert found.agreement == () and found.traits is None and found.persons == ()


def test_a_recipe_whose_counts_do_not_add_up_is_refused() -> None:
    recipe = read_recipe(library.recipe_path("six_persons"))
    wrong = replace_first(recipe, n=13)
    with pytest.raises(StudyError, match="too many"):
        draw(six(), wrong)
    with pytest.raises(StudyError, match="do not add up"):
        draw(six(), replace_first(recipe, n=10))


def replace_first(recipe: object, **changes: object) -> object:
    import msgspec

    first, *rest = recipe.subjects  # type: ignore[attr-defined]
    changed = msgspec.structs.replace(first, **changes)
    return msgspec.structs.replace(recipe, subjects=(changed, *rest))  # type: ignore[type-var]


# --- what is told ----------------------------------------------------------------------------------------------------


def shown(found: Summary) -> list[tuple[str, str, int | None]]:
    return [(one.code, share.code, share.count) for one in found.persons for asked in one.asked
            if asked.question == "suitable" for share in asked.shares]  # fmt: skip


def test_the_same_answers_hide_small_numbers_when_people_gave_them() -> None:
    whole, careful = summarise(six(), drawn()), summarise(six(), real(drawn()), minimum=5)
    assert None not in {count for _p, _c, count in shown(whole)}
    kept = [count for _p, _c, count in shown(careful) if count is not None]
    assert kept and min(count for count in kept if count) >= 5
    for one in careful.persons:
        judged = next(asked for asked in one.asked if asked.question == "suitable")
        assert (one.alike is None) is any(share.count is None for share in judged.shares)
    assert careful.respondents == 12 and not careful.simulated


def test_small_groups_are_left_out_and_cannot_be_worked_out() -> None:
    careful = summarise(six(), real(drawn()), minimum=5)
    assert careful.groups == () and careful.cannot["office"] == "one_cluster"


def test_the_larger_of_the_two_minima_holds() -> None:
    assert summarise(six(), real(drawn()), minimum=2).minimum == 5
    assert not summarise(six(), real(drawn()), minimum=13).told
    few = Answers(tuple(row for row in real(drawn()).rows if row.respondent < "S005"))
    assert summarise(six(), few).respondents is None and not summarise(six(), few).told
    assert summarise(six(), Answers(())).respondents == 0


def test_a_run_gives_the_same_numbers_and_a_report_that_says_it_is_simulated(tmp_path: Path) -> None:
    file = library.find("vignettes")
    assert file is not None
    first = run(file, tmp_path / "a", recipe=library.recipe_path("six_persons"), made_on="2026-11-22")
    again = run(file, tmp_path / "b", answers=tmp_path / "a" / "work" / "answers.parquet")
    assert first.key == again.key
    for name in ("shares", "agreement", "attributes", "groups", "subjects"):
        text = (tmp_path / "a" / "results" / f"{name}.csv").read_text(encoding="utf-8")
        assert text == (tmp_path / "b" / "results" / f"{name}.csv").read_text(encoding="utf-8")
    for language, words in (("nb", "Dette er ikke virkelige svar"), ("nn", "Dette er ikkje verkelege svar"),
                            ("en", "These are not real answers")):  # fmt: skip
        page = first.report(language).read_text(encoding="utf-8")
        assert page.index(words) < page.index("Atle") and "http" not in page.replace("http://www.w3.org", "")
        assert [code for code in (*ANSWERS, "not_told", "spesielt_tilpasset_innsats") if f">{code}<" in page] == []


def test_answers_from_few_give_a_report_that_tells_nothing_but_the_persons(tmp_path: Path) -> None:
    few = Answers(tuple(row for row in real(drawn()).rows if row.respondent < "S005"))
    write_answers(few, tmp_path / "few.csv")
    file = library.find("six_persons")
    assert file is not None
    done = run(file, tmp_path / "run", answers=tmp_path / "few.csv", minimum=5)
    page = done.report("nb").read_text(encoding="utf-8")
    assert "For få har svart" in page and "Kenneth, 50 år" in page and "Krippendorff" not in page
    assert not list((tmp_path / "run" / "results").glob("*.parquet")) and not (tmp_path / "run" / "work").exists()


def test_a_study_without_answers_says_what_to_give_it(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(StudyError, match="--answers"):
        run(tmp_path / "small.toml", tmp_path / "run")
