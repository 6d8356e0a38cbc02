"""Chain results on persons thought through by hand: reached, another way, not told, clarified."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from springbrett.catalogue.loader import load
from springbrett.evaluation.cohort import Population
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.outcomes.chain_results import NONE_SEEN, TOLD, VERDICTS, chain_results
from springbrett.evaluation.registers.layout import LAYOUT

END = 24260  # September 2021; the stay is from June to September
LAST = END + 24


def one(chain: str, **rows: list[dict]) -> tuple[str, str, bool]:
    """Destination, verdict and development of one stay in the chain, with what happened afterwards."""
    stay = {"measure": "arbeidstrening", "start": date(2021, 6, 1), "end": date(2021, 9, 30), "office": 1,
            "employer": 7, "chain": chain, "purpose": "other"}  # fmt: skip
    held = {"spells": [stay, *rows.pop("spells", [])], **rows}
    tables = {
        name: pa.Table.from_pylist(
            [{c: row.get(c) for c in table.names} | {"person": 1} for row in held.get(name, [])], schema=table.schema)
        for name, table in LAYOUT.items() if "person" in table.names
    }  # fmt: skip
    population = Population(("arbeidstrening",), END - 12, END - 1)
    found = chain_results(tables, population, load().chains, LAST)
    assert len(found.chain) == 1
    return (*TOLD, NONE_SEEN)[found.destination[0]], VERDICTS[found.verdict[0]], bool(found.development[0])


def job(first: int, last: int = LAST, employer: int = 7, **more: object) -> dict:
    return {
        "month_from": first,
        "month_to": last,
        "hours_week": 37.5,
        "wage_month": 35_000.0,
        "employer": employer,
    } | more


def test_a_job_with_the_employer_is_what_job_in_company_is_meant_to_lead_to() -> None:
    assert one("job_in_company", employment=[job(END + 1)]) == ("job_same_employer", "desired", True)


def test_a_job_elsewhere_is_another_legitimate_way_there() -> None:
    assert one("job_in_company", employment=[job(END + 1, employer=8)]) == ("job_elsewhere", "branch", True)


def test_the_sixth_month_after_the_end_counts_and_the_seventh_does_not() -> None:
    assert one("job_in_company", employment=[job(END + 6)])[1] == "desired"
    assert one("job_in_company", employment=[job(END + 7)])[1] == "not_reached"


def test_a_subsidised_job_is_a_subsidy_and_no_ordinary_job() -> None:
    assert one("job_in_company", employment=[job(END + 1, subsidised=True)])[:2] == ("wage_subsidy", "desired")


def test_better_norwegian_is_not_told_by_registers_and_not_counted_as_missed() -> None:
    assert one("language") == (NONE_SEEN, "not_told", False)


def test_a_new_needs_level_is_the_clarification_trying_out_aims_for() -> None:
    levels = [{"needs_level": "situasjonsbestemt_innsats", "month_from": END - 12, "month_to": END},
              {"needs_level": "spesielt_tilpasset_innsats", "month_from": END + 1, "month_to": LAST}]  # fmt: skip
    assert one("trying_out_working_life", needs_levels=levels)[:2] == ("clarified_work_capacity", "desired")


def test_a_job_from_trying_out_is_a_legitimate_branch_not_a_miss() -> None:
    assert one("trying_out_working_life", employment=[job(END + 1)])[1] == "branch"


def test_a_second_placement_is_told_as_one() -> None:
    again = {"measure": "arbeidstrening", "start": date(2021, 11, 1), "office": 1}
    assert one("job_in_company", spells=[again])[:2] == ("new_placement", "branch")


def test_development_asks_for_five_of_six_months_a_year_after_the_end() -> None:
    assert one("language", employment=[job(END + 12, END + 16)])[2]
    assert not one("language", employment=[job(END + 12, END + 15)])[2]


def test_an_unknown_chain_is_said_to_be_one() -> None:
    assert one("")[1] == "no_chain"


def test_stays_that_ended_too_late_are_left_out() -> None:
    with pytest.raises(CannotEstimate, match="empty_group"):
        stay = {"person": 1, "measure": "arbeidstrening", "start": date(2021, 6, 1), "office": 1}
        tables = {n: pa.Table.from_pylist([{c: stay.get(c) for c in t.names}] if n == "spells" else [], schema=t.schema)
                  for n, t in LAYOUT.items()}  # fmt: skip
        chain_results(tables, Population(("arbeidstrening",), END - 12, END), load().chains, LAST)
    assert np.isfinite(LAST)
