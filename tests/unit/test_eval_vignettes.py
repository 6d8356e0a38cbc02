"""The methods of a vignette study at their edges: nobody, one, all alike, and what cannot be told."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from springbrett.evaluation.effects.records import CannotEstimate, Ints
from springbrett.evaluation.vignettes.agreement import fleiss_kappa, krippendorff_alpha, pair_agreement
from springbrett.evaluation.vignettes.attributes import weigh_attributes
from springbrett.evaluation.vignettes.design import Plan, balance, blocks, williams
from springbrett.evaluation.vignettes.groups import compare, leniency, rank_with_experience
from springbrett.evaluation.vignettes.ordinal import Judgements, fit_ordinal
from springbrett.evaluation.vignettes.shares import numbers, shares, wilson


def code_of(error: pytest.ExceptionInfo[CannotEstimate]) -> str:
    return error.value.code


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
