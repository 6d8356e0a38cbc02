"""The shipped second part about arbeidstrening on fewer persons: results, effects, costs and ways out in one report."""

import re

import pytest

from springbrett.evaluation.study.check import SHIPPED
from springbrett.evaluation.study.run import Finished, run
from springbrett.evaluation.study.tables import read_tables


@pytest.fixture(scope="module")
def part_two(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("part_two")
    text = (SHIPPED / "arbeidstrening_part_2.toml").read_text(encoding="utf-8")
    text = text.replace("persons = 60000", "persons = 8000").replace("draws = 500", "draws = 100")
    first, last = text.index('[[estimators]]\ncode = "inverse'), text.index("[durations]")
    (folder / "arbeidstrening_part_2.toml").write_text(text[:first] + text[last:], encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("springbrett.evaluation.report.page.LANGUAGES", ("nn",))
        return run(folder / "arbeidstrening_part_2.toml", folder / "run")


def test_the_accounts_of_the_parties_add_up_to_what_it_is_to_society(part_two: Finished) -> None:
    rows = read_tables(part_two.folder / "results")["costs"].to_pylist()
    net = {row["account"]: row["value"] for row in rows if row["item"] == "net"}
    for party in ("state", "participant", "employer"):
        parts = sum(row["value"] for row in rows if row["account"] == party and row["item"] != "net")
        assert net[party] == pytest.approx(parts, abs=0.01)
    (tax,) = [row["value"] for row in rows if row["item"] == "tax_cost"]
    assert net["society"] == pytest.approx(net["state"] + net["participant"] + net["employer"] + tax, abs=0.01)


def test_the_prices_are_told_with_their_source_in_the_readers_language(part_two: Finished) -> None:
    page = part_two.report("nn").read_text(encoding="utf-8")
    prices = page[page.index("Prisane som er brukte") :][:6000]
    assert "Eksempel: arbeidstrening har ingen plasspris" in prices
    assert "illustrative" not in prices and not re.search(r">[a-z]+_[a-z_]+<", prices)
    accounts = re.findall(r'<th scope="row">(Staten|Deltakaren|Arbeidsgivaren|Samfunnet)</th>', page)
    assert accounts == sorted(accounts, key=["Staten", "Deltakaren", "Arbeidsgivaren", "Samfunnet"].index)


def test_the_ways_out_and_the_chains_stand_in_the_same_report(part_two: Finished) -> None:
    tables = read_tables(part_two.folder / "results")
    assert {row["exit"] for row in tables["incidence"].to_pylist()} == {"in_work", "in_education"}
    reached = {row["chain"] for row in tables["chains"].to_pylist()}
    assert {"work_experience", "job_in_company", "trying_out_working_life"} <= reached


def test_the_report_says_how_far_the_account_goes_and_what_the_answer_rests_on(part_two: Finished) -> None:
    tables, page = read_tables(part_two.folder / "results"), part_two.report("nn").read_text(encoding="utf-8")
    (net,) = [
        row["value"] for row in tables["costs"].to_pylist() if (row["account"], row["item"]) == ("society", "net")
    ]
    horizons = tables["cost_horizons"].to_pylist()
    assert [row["months"] for row in horizons] == [36, 60, 120]
    assert horizons[0]["value"] == pytest.approx(net)
    swings = {row["assumption"]: row for row in tables["cost_sensitivity"].to_pylist()}
    assert {"place_month", "subsidy_share", "discount_rate", "tax_cost"} <= set(swings)
    assert all(
        min(row["at_low"], row["at_high"]) <= net <= max(row["at_low"], row["at_high"]) for row in swings.values()
    )
    assert "36 månader etter start, så langt vi følgjer dei" in page
    assert ">2\u00a0% til 6\u00a0%<" in page
