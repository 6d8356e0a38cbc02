"""The parts of a vignette study at their edges: nobody, one, all alike, and what cannot be told."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from springbrett.evaluation.effects.records import CannotEstimate, Ints
from springbrett.evaluation.vignettes.agreement import fleiss_kappa, krippendorff_alpha, pair_agreement
from springbrett.evaluation.vignettes.answers import Answer, Answers, answers_of, read_answers, write_answers
from springbrett.evaluation.vignettes.attributes import weigh_attributes
from springbrett.evaluation.vignettes.design import Plan, balance, blocks, williams
from springbrett.evaluation.vignettes.groups import compare, leniency, rank_with_experience
from springbrett.evaluation.vignettes.ordinal import Judgements, fit_ordinal
from springbrett.evaluation.vignettes.run import run
from springbrett.evaluation.vignettes.shares import numbers, shares, wilson
from springbrett.evaluation.vignettes.simulate import draw, read_recipe
from springbrett.evaluation.vignettes.studies import Study, StudyError, read_study
from springbrett.evaluation.vignettes.summary import Summary, summarise
from springbrett.vignettes import library

ANSWERS = ("suitable", "later", "not_suitable")


def code_of(error: pytest.ExceptionInfo[CannotEstimate]) -> str:
    return error.value.code


def six() -> Study:
    return library.studies()["six_persons"].study


def drawn(code: str = "six_persons") -> Answers:
    return draw(library.studies()[code].study, read_recipe(library.recipe_path(code)))


def real(answers: Answers) -> Answers:
    """The same answers as if advisers had given them."""
    return Answers(tuple(replace(row, simulated=False) for row in answers.rows))


# --- who sees whom ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("persons", "each", "length"), [(6, 3, 10), (7, 3, 7), (9, 3, 12), (6, 2, 15), (6, 4, 15),
                                                         (5, 5, 1), (6, 1, 6), (6, 5, 6)])  # fmt: skip
def test_a_round_of_blocks_shows_every_pair_equally_often(persons: int, each: int, length: int) -> None:
    found = balance([tuple(row) for row in blocks(persons, each).tolist()], persons)
    apart = found.together[~np.eye(persons, dtype=bool)]
    assert len(blocks(persons, each)) == length and found.spread == 0
    assert len(set(apart.tolist())) == 1


def test_advisers_who_come_one_by_one_are_dealt_even_sheets_all_the_way() -> None:
    plan = Plan("balanced", 6, 3, "random", seed=4)
    sheets = [plan.sheet(number) for number in range(20)]
    assert max(balance(sheets[: n + 1], 6).spread for n in range(20)) <= 2
    assert balance(sheets, 6).spread == 0 and sheets[:10] != sheets[10:]


def test_the_same_seed_gives_the_same_sheets_and_another_seed_gives_others() -> None:
    first = [Plan("subset", 6, 4, "random", 1).sheet(number) for number in range(8)]
    assert first == [Plan("subset", 6, 4, "random", 1).sheet(number) for number in range(8)]
    assert first != [Plan("subset", 6, 4, "random", 2).sheet(number) for number in range(8)]


@pytest.mark.parametrize("items", [2, 3, 4, 5, 6, 7])
def test_williams_rows_put_everyone_in_each_place_and_after_each_other_equally_often(items: int) -> None:
    rows = williams(items)
    followed = np.zeros((items, items), int)
    for row in rows:
        for first, then in pairwise(row):
            followed[first, then] += 1
    apart = followed[~np.eye(items, dtype=bool)]
    assert len(set(apart.tolist())) == 1
    assert {tuple(np.bincount(rows[:, place], minlength=items)) for place in range(items)} == {
        (len(rows) // items,) * items
    }


@pytest.mark.parametrize(("persons", "each", "code"), [(6, 0, "bad_input"), (6, 7, "bad_input"),
                                                       (16, 8, "not_supported")])  # fmt: skip
def test_a_design_that_cannot_be_is_refused(persons: int, each: int, code: str) -> None:
    with pytest.raises(CannotEstimate) as error:
        blocks(persons, each)
    assert code_of(error) == code


def test_no_sheets_have_no_balance() -> None:
    with pytest.raises(CannotEstimate, match="empty_group"):
        balance([], 6)


# --- shares ----------------------------------------------------------------------------------------------------------


def test_shares_count_each_respondent_once_and_may_add_up_to_more_than_one() -> None:
    given = {"a": ("x", "x", "y"), "b": ("y",), "c": ("y",)}
    found = {one.code: (one.count, one.n, one.share) for one in shares(given, ["x", "y", "z"])}
    assert found == {"x": (1, 3, 1 / 3), "y": (3, 3, 1.0), "z": (0, 3, 0.0)}


def test_small_counts_are_hidden_together_with_what_they_follow_from() -> None:
    given = {str(n): ("yes" if n < 10 else "no" if n < 16 else "perhaps",) for n in range(18)}
    found = {one.code: one.count for one in shares(given, ["yes", "no", "perhaps"], minimum=5)}
    assert found == {"yes": 10, "no": None, "perhaps": None}
    assert all(one.share is None for one in shares(given, ["yes", "no", "perhaps"], minimum=5) if one.count is None)


def test_fewer_than_the_minimum_tell_nothing_at_all() -> None:
    assert {one.count for one in shares({"a": ("x",)}, ["x", "y"], minimum=5)} == {None}


def test_an_answer_that_cannot_be_given_stops_the_count() -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        shares({"a": ("elephant",)}, ["x"])


@pytest.mark.parametrize(("count", "n", "code"), [(0, 0, "empty_group"), (3, 2, "bad_input"), (-1, 2, "bad_input")])
def test_a_share_that_is_none_has_no_interval(count: int, n: int, code: str) -> None:
    with pytest.raises(CannotEstimate) as error:
        wilson(count, n)
    assert code_of(error) == code


def test_numbers_need_two_and_must_be_numbers() -> None:
    assert numbers({"a": ("3",)}) is None
    assert numbers({"a": ("3",), "b": ("5",)}, minimum=3) is None
    found = numbers({"a": ("3",), "b": ("5",), "c": ("10",)})
    assert found is not None and (found.mean, found.quartiles) == (6.0, (4.0, 5.0, 7.5))
    with pytest.raises(CannotEstimate, match="bad_input"):
        numbers({"a": ("many",), "b": ("5",)})


# --- agreement -------------------------------------------------------------------------------------------------------

NOT_ASKED = -1
ALONE = np.array([[0, 1, 2]])
ALIKE = np.ones((4, 3), int)
APART = np.array([[0, NOT_ASKED], [NOT_ASKED, 1]])


@pytest.mark.parametrize(("judged", "code"), [
    (ALONE, "one_cluster"), (ALIKE, "no_variation"), (APART, "no_comparison"), (np.full((3, 3), -1), "one_cluster"),
    (np.array([[0.5, 1.0], [0.0, 1.0]]), "bad_input"), (np.array([[-2, 1], [0, 1]]), "bad_input"),
])  # fmt: skip
def test_agreement_that_means_nothing_is_not_given(judged: Ints, code: str) -> None:
    for measure in (lambda: fleiss_kappa(judged), lambda: krippendorff_alpha(judged, "ordinal")):
        with pytest.raises(CannotEstimate) as error:
            measure()
        assert code_of(error) == code


def test_advisers_who_agree_about_every_person_agree_fully() -> None:
    judged = np.tile([0, 1, 2, 2], (5, 1))
    assert fleiss_kappa(judged, draws=200).value == 1.0
    found = krippendorff_alpha(judged, "ordinal", draws=200)
    assert (found.value, found.interval) == (1.0, (1.0, 1.0))


def test_two_who_always_disagree_agree_less_than_chance() -> None:
    judged = np.array([[0, 1, 0, 1], [1, 0, 1, 0]])
    assert fleiss_kappa(judged, draws=0).value == -1.0
    assert krippendorff_alpha(judged, "nominal", draws=0).value < -0.7


def test_persons_judged_by_one_adviser_play_no_part() -> None:
    judged = np.array([[0, 1, 2, 0], [0, 1, 1, -1], [0, 2, 2, -1]])
    without = judged[:, :3]
    assert krippendorff_alpha(judged, "ordinal", draws=0).value == krippendorff_alpha(without, "ordinal", draws=0).value
    assert fleiss_kappa(judged, draws=0).value == fleiss_kappa(without, draws=0).value


def test_so_few_disagreements_that_draws_hold_none_give_no_interval_but_the_coefficient() -> None:
    judged = np.zeros((6, 4), int)
    judged[0, 0] = 1
    with pytest.raises(CannotEstimate, match="no_variation"):
        krippendorff_alpha(judged, "nominal")
    assert krippendorff_alpha(judged, "nominal", draws=0).value == pytest.approx(0.0, abs=0.01)


def test_ratios_of_negative_numbers_are_refused() -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        krippendorff_alpha(np.array([[0, 1], [1, 1]]), "ratio", values=np.array([-1.0, 1.0]))


def test_kappa_with_gaps_says_so_and_gives_no_error_under_chance() -> None:
    found = fleiss_kappa(np.array([[0, 1, 2], [0, 1, -1], [1, 1, 2]]), draws=50)
    assert not found.balanced and np.isnan(found.se_chance)


def test_pairs_who_answer_alike_are_counted_person_by_person() -> None:
    assert pair_agreement(np.array([[0, 0, 1], [0, 1, -1], [0, 2, -1]])).tolist()[:2] == [1.0, 0.0]
    assert np.isnan(pair_agreement(np.array([[0, 0, 1], [0, 1, -1]]))[2])


# --- what weighs -----------------------------------------------------------------------------------------------------


def judgements(seed: int = 0, advisers: int = 20) -> Judgements:
    rng = np.random.default_rng(seed)
    adviser = np.repeat(np.arange(advisers), 5)
    x = rng.integers(0, 2, (advisers * 5, 2)).astype(np.float64)
    answer = np.digitize(x @ [1.0, 0.0] + rng.normal(size=advisers)[adviser] + rng.logistic(size=len(adviser)), [0, 1])
    return Judgements(answer, x, ("a", "b"), adviser)


@pytest.mark.parametrize(("change", "code"), [
    (lambda d: replace(d, answer=np.zeros_like(d.answer)), "no_variation"),
    (lambda d: replace(d, answer=np.where(d.answer == 1, 0, d.answer)), "no_variation"),
    (lambda d: replace(d, x=np.column_stack([d.x[:, 0], 1 - d.x[:, 0]])), "singular"),
    (lambda d: replace(d, x=d.x * np.nan), "bad_input"),
    (lambda d: replace(d, adviser=np.zeros_like(d.adviser)), "one_cluster"),
    (lambda d: replace(d, adviser=np.arange(len(d.adviser))), "not_supported"),
    (lambda d: replace(d, adviser=d.adviser * 2), "bad_input"),
    (lambda d: replace(d, office=np.zeros(20, int)), "one_cluster"),
    (lambda d: replace(d, x=np.column_stack([d.answer == 2, d.x[:, 1]]).astype(float)), "not_converged"),
])  # fmt: skip
def test_what_the_model_cannot_answer_it_says(change: object, code: str) -> None:
    with pytest.raises(CannotEstimate) as error:
        fit_ordinal(change(judgements()))  # type: ignore[operator]
    assert code_of(error) == code


def test_too_few_nodes_are_refused() -> None:
    with pytest.raises(CannotEstimate, match="bad_input"):
        fit_ordinal(judgements(), nodes=3)


def test_advisers_who_do_not_differ_have_no_spread_and_no_error_of_it() -> None:
    rng = np.random.default_rng(8)
    adviser = np.repeat(np.arange(30), 6)
    answer = np.tile([0, 1, 2, 0, 1, 2], 30)  # everybody alike: less spread than chance
    found = fit_ordinal(Judgements(answer, rng.normal(size=(180, 1)), ("a",), adviser))
    assert found.sigma < 1e-3 and np.isnan(found.sigma_se) and np.isfinite(found.se).all()


def test_traits_are_tested_together_when_they_have_several_levels() -> None:
    rng = np.random.default_rng(2)
    levels = [["low"], ["middle"], ["high"], ["low"], ["middle"], ["high"]]
    push = np.array([0.0, 0.0, 2.0, 0.0, 0.0, 2.0])
    judged = np.digitize(push + rng.normal(size=(30, 1)) + rng.logistic(size=(30, 6)), [0.0, 1.5])
    found = weigh_attributes(judged, levels, [("trait", ("low", "middle", "high"))])
    assert [(one.level, one.df) for one in found.traits] == [("middle", 2), ("high", 2)]
    assert found.traits[1].log_odds > 1 and found.traits[0].p_value == found.traits[1].p_value < 0.001
    assert found.other_persons is not None and found.other_persons[1] == 3


def test_as_many_traits_as_persons_are_refused_by_name() -> None:
    judged = np.array([[0, 1], [1, 2], [0, 2]])
    with pytest.raises(CannotEstimate, match=r"singular: these attributes .* a yes, b yes"):
        weigh_attributes(judged, [["no", "no"], ["yes", "yes"]], [("a", ("no", "yes")), ("b", ("no", "yes"))])


# --- groups ----------------------------------------------------------------------------------------------------------


def test_leniency_is_held_against_the_same_persons() -> None:
    judged = np.array([[2, 2, -1], [0, -1, 0], [1, 2, 0]])
    assert leniency(judged).tolist() == pytest.approx([0.5, -0.5, 0.0])


def test_groups_that_differ_are_told_apart_and_those_that_do_not_are_not() -> None:
    rng = np.random.default_rng(1)
    label = ["a"] * 15 + ["b"] * 15
    same = rng.integers(0, 3, (30, 6))
    shifted = np.clip(same + np.repeat([0, 1], 15)[:, None], 0, 2)
    assert compare(shifted, label, draws=999).p_value < 0.01
    assert compare(same, label, draws=999).p_value > 0.05


def test_a_comparison_with_one_group_or_of_equals_is_refused() -> None:
    judged = np.array([[0, 1], [0, 1], [1, 0]])
    for label, code in ((["a", "a", "a"], "one_cluster"), (["a", "", ""], "one_cluster"), (["a", "b"], "bad_input")):
        with pytest.raises(CannotEstimate) as error:
            compare(judged, label)
        assert code_of(error) == code
    with pytest.raises(CannotEstimate, match="no_variation"):
        compare(np.array([[0, 1], [0, 1]]), ["a", "b"])


def test_experience_needs_three_and_some_difference() -> None:
    judged = np.array([[0, 1], [1, 1], [2, 2], [2, 1]])
    with pytest.raises(CannotEstimate, match="empty_group"):
        rank_with_experience(judged, [1.0, 2.0, np.nan, np.nan])
    with pytest.raises(CannotEstimate, match="no_variation"):
        rank_with_experience(judged, [1.0, 1.0, 1.0, 1.0])
    assert rank_with_experience(judged, [0.0, 1.0, 3.0, 2.0])[0] == pytest.approx(1.0)


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
