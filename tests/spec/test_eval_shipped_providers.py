"""The shipped study of AFT on fewer persons: target, mix, shrinkage and funnel, provider by provider and by region."""

import pytest

from springbrett.evaluation.study.check import SHIPPED
from springbrett.evaluation.study.run import run
from springbrett.evaluation.study.tables import read_tables


@pytest.fixture(scope="module")
def aft(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, str]:
    folder = tmp_path_factory.mktemp("aft")
    text = (SHIPPED / "aft_providers.toml").read_text(encoding="utf-8").replace("persons = 120000", "persons = 50000")
    (folder / "aft_providers.toml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("springbrett.evaluation.report.page.LANGUAGES", ("nn",))
        done = run(folder / "aft_providers.toml", folder / "run")
    tables = {name: table.to_pylist() for name, table in read_tables(done.folder / "results").items()}
    return tables | {"facts": done.facts["providers"]}, done.report("nn").read_text(encoding="utf-8")


def test_each_provider_is_drawn_towards_the_common_share_and_held_against_the_target(aft: tuple[dict, str]) -> None:
    rows, overall = aft[0]["providers"], aft[0]["facts"]["overall"]
    assert len(rows) > 40
    told = [row for row in rows if row["shrunk"] is not None]
    spread = max(row["observed"] for row in told) - min(row["observed"] for row in told)
    assert max(row["shrunk"] for row in told) - min(row["shrunk"] for row in told) < spread / 2
    assert all(
        min(row["observed"], overall) - 0.1 < row["shrunk"] < max(row["observed"], overall) + 0.1 for row in told
    )
    assert {row["standing"] for row in rows} <= {"under", "over", "uncertain"}
    assert {row["level"] for row in aft[0]["funnel"]} == {0.95, 0.998}


def test_the_regions_stand_beside_and_none_is_called_by_a_code(aft: tuple[dict, str]) -> None:
    rows, page = aft[0]["provider_regions"], aft[1]
    assert len(rows) == 8
    assert sum(row["stays"] for row in rows) == sum(row["stays"] for row in aft[0]["providers"])
    assert all(row["lower"] <= row["observed"] <= row["upper"] for row in rows)
    assert "Fylke 1" in page and "region_" not in page
    assert "måltalet er 50 prosent" in page and "traktdiagram" in page
