"""Every code the calculations give: lines, rules and unknowns. The words for them stand where they are shown."""

from __future__ import annotations

LABELS: dict[str, str] = {
    "wage_cost": "kroner", "wage": "kroner", "holiday_pay": "kroner", "pension": "kroner", "contribution": "kroner",
    "holiday_share": "share", "pension_share": "share", "contribution_share": "share",
    "group": "", "percent": "percent", "month": "kroner", "month_amount": "kroner", "days": "days",
    "from": "", "to": "", "year": "kroner", "year_number": "", "granted_earlier": "kroner", "before_ceiling": "kroner",
    "basic_amounts": "", "ceiling": "kroner",
    "hourly_wage": "kroner_per_hour", "wage_basis": "", "wage_on_basis": "kroner", "full_hours": "hours",
    "position_percent": "percent", "hours_month": "hours",
    "expense": "kroner", "expense_kind": "", "expense_text": "", "grant_ceiling": "kroner",
    "refund": "kroner", "share_of_cost": "kroner", "agreed_amount": "kroner", "already_paid": "kroner",
    "refund_deadline": "", "period_end": "", "months": "months",
    "schedule_total": "kroner",
}  # fmt: skip
"""The label of every line a calculation can have, with the unit of its value (empty: a date, a code or a number)."""

RULES: tuple[str, ...] = (
    "wage_terms", "subsidy_group", "agreed_percent", "yearly_ceiling", "mentor_terms", "place_rate",
    "grant_items", "grant_kinds", "grant_amounts", "grant_ceiling",
    "wage_input", "wage_positive", "pension_within", "contribution_known", "holiday_usual",
)  # fmt: skip
"""The rule of every verdict."""

UNKNOWNS: tuple[str, ...] = (
    "subsidy", "subsidy_group", "wage_terms", "agreed_percent", "mentor_terms", "grant_amounts", "grant_ceiling",
    "ceiling", "rate",
)  # fmt: skip
"""The codes of ``Schedule.unknown``; "ceiling" and "rate" are followed by the year, as ``ceiling_2027``."""


def unknown_code(code: str) -> tuple[str, int | None]:
    """The code without its year, and the year: ("ceiling", 2027); (code, None) for one without."""
    head, _mark, tail = code.rpartition("_")
    return (head, int(tail)) if tail.isdigit() else (code, None)
