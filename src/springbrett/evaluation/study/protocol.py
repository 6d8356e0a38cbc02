"""What a study file (TOML) holds: a pre-analysis plan, typed. The reference page is made from these structs."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from springbrett.catalogue.base import Base, Text

Design = Literal[
    "not_yet_treated", "never_treated", "measures", "trial_offices", "description", "staggered", "dose", "preference",
    "timing", "sequence",
]  # fmt: skip


class Simulation(Base, frozen=True, kw_only=True):
    """Registers to simulate when none are given, of `years` whole years from `first_year`. `calibrated_to` says, in
    words, which figures they are set to meet. `numbers`: what is set otherwise than in Simulated Norway, by section and
    name, for instance `{ people = { caseworkers_per_office = 12 } }`; `background` should then say so."""

    persons: int
    years: int
    seed: int
    calibrated_to: Text
    first_year: int = 2016
    numbers: dict[str, dict[str, float]] = {}


class Data(Base, frozen=True, kw_only=True):
    """Where the registers are: a `folder` (relative to the study file), or a simulation. `--registers` overrides."""

    folder: str = ""
    simulate: Simulation | None = None


class Who(Base, frozen=True, kw_only=True):
    """Whose stays: measures by catalogue code, purposes and needs levels (empty: any), ages at the start (both
    included), the window of starts, and whether only a person's first stay in any of the measures counts."""

    measures: tuple[str, ...]
    first_start: date
    last_start: date
    purposes: tuple[str, ...] = ()
    needs_levels: tuple[str, ...] = ()
    age_from: int = 16
    age_to: int = 72
    first_only: bool = True


class With(Base, frozen=True, kw_only=True):
    """Whom they are compared with.

    not_yet_treated: registered as long in the same month, not yet started. never_treated: and never do. `per_treated`:
    how many are drawn for each; `other_measures`: whether they may be in another measure then.
    measures: the measures side by side. description: nobody.
    trial_offices: the population's stays at offices in a trial against stays in `control_measures` at other offices;
    `before_months` is how long before the first office began the same offices are looked at (0: not at all).
    staggered: `unit`s that the measure reaches sooner, later or never, followed in periods of `period_months` (1, 3 or
    12): registered persons, from their first stay on, or offices, from the first month of their trial on;
    `compared_with` the units it never reaches, or those it has not reached yet.
    An office's outcome is the mean over those who registered there at most `registered_within` months before.
    dose: areas (`unit` region or office) in periods of `period_months`: how it went with those who registered there in
    the period, by how many of 100 registered there were in the measure while they were followed.
    preference and timing begin with the newly registered: nobody who was registered in the `away_months` before, as far
    as the registers reach. preference: by whom they met: the `judge` is the caseworker, within office and quarter, or
    the office, within region and quarter; who began a measure `within_months` after they registered got it. timing:
    until they leave by one of the outcomes in `exits` (empty: the headline), the first named leading; `other_exits` are
    out of sight from then on ("censored") or a way out of their own ("competing"); without `other_measures` people are
    out of sight from when they begin another measure; the measure may have another effect from each of the months in
    `effect_from` after it began.
    sequence: each person's first measure; the `pair` set against each other (empty: the first two of the population),
    and a further measure `within_months` after the first one ended.
    """

    design: Design
    per_treated: int = 3
    other_measures: bool = True
    control_measures: tuple[str, ...] = ()
    unit: Literal["", "person", "office", "region"] = ""
    period_months: Literal[1, 3, 12] = 3
    compared_with: Literal["never", "not_yet"] = "not_yet"
    registered_within: int = 24
    before_months: int = 24
    judge: Literal["caseworker", "office"] = "caseworker"
    within_months: int = 12
    away_months: int = 24
    exits: tuple[str, ...] = ()
    other_exits: Literal["censored", "competing"] = "censored"
    effect_from: tuple[int, ...] = (0,)
    pair: tuple[str, ...] = ()


class Outcomes(Base, frozen=True, kw_only=True):
    """Outcomes by code. `headline` and `month` (after the start) are the number the study is about. `own`: a file of
    definitions beside the shipped ones, relative to the study file. Paths run from −`before` to +`horizon` months."""

    codes: tuple[str, ...]
    headline: str
    month: int = 12
    own: str = ""
    before: int = 24
    horizon: int = 36


class Method(Base, frozen=True, kw_only=True):
    """An estimator by its code in the list of estimators; the first in the file gives the headline."""

    code: str
    estimand: str = ""
    options: dict[str, Any] = {}


class Condition(Base, frozen=True, kw_only=True):
    """A condition on a covariate known at the start. Flags are 0 or 1."""

    covariate: str
    op: Literal["eq", "lt", "lte", "gt", "gte"]
    value: float


class Subgroup(Base, frozen=True, kw_only=True):
    """A group the headline is also given for. `chain`: where the evidence belongs when it is about one chain."""

    code: str
    name: Text
    where: tuple[Condition, ...] = ()
    purposes: tuple[str, ...] = ()


class Providers(Base, frozen=True, kw_only=True):
    """Results by provider (or office) against a target share of the outcome in the month."""

    outcome: str
    month: int
    target: float
    by: Literal["provider", "office"] = "provider"


class PriceLine(Base, frozen=True, kw_only=True):
    """A price the catalogue does not know, in the unit of its kind (NOK a month, NOK an hour, or a share). `source`
    says where the figure is from; it is printed beside it."""

    code: str
    amount: float
    source: str | Text


class Range(Base, frozen=True, kw_only=True):
    """What an assumption is tried at: the code of a price, `discount_rate`, `tax_cost`, `caseworker_hours_month` or
    `employer_hours_month`, in its own unit."""

    code: str
    low: float
    high: float


class Costs(Base, frozen=True, kw_only=True):
    """What it costs, by the rules for public cost–benefit analysis on the date `on`. Pay and benefits are read from the
    registers; prices come from the catalogue, or from `prices`. The account ends where the registers do.

    `caseworker_hours_month`, `employer_hours_month`: hours of the caseworker's and the employer's time for each month
    in the measure. `willing_to_pay`: NOK for one extra month in work, the points of the acceptability curve. `draws`:
    bootstrap draws of persons. `horizons`: months after the start that the account is also carried on to, the
    difference of the last year seen losing the share `fade` each year. `ranges`: what each assumption is tried at, one
    at a time; left out, prices that the protocol states are tried a quarter lower and higher, the discount rate two
    points lower and higher, and the cost of collecting taxes from nothing to twice the rule's.
    """

    on: date
    prices: tuple[PriceLine, ...]
    caseworker_hours_month: float
    willing_to_pay: tuple[float, ...]
    source: str | Text
    employer_hours_month: float = 0
    horizons: tuple[int, ...] = ()
    fade: float | None = None
    ranges: tuple[Range, ...] = ()
    draws: int = 500


class Durations(Base, frozen=True, kw_only=True):
    """Cumulative incidence of the ways out after the start: the first month with each of these outcomes.

    `methods`: what is asked about the difference between participants and comparison: cox, discrete_hazards,
    competing_hazards, fine_gray, incidence_difference, months_gone_difference, gray_test. `month` after the start is
    the one that shares are compared in.
    """

    exits: tuple[str, ...]
    methods: tuple[str, ...] = ()
    month: int = 12


class Gate(Base, frozen=True, kw_only=True):
    """What the checks are held against. A headline whose checks fail is withheld.

    overlap: least share of participants with others like them. balance: largest standardised difference left.
    placebo: p-value under which a difference before the start counts. `placebo_month`: the month it is looked for in.
    placebo_least: a difference smaller than this is let pass. pre_trends: p-value. first_stage: least F. clusters:
    least number of clusters behind a cluster-robust error. matched_share: least share of participants matched.
    """

    overlap: float = 0.9
    balance: float = 0.1
    placebo: float = 0.05
    placebo_month: int = -18
    placebo_least: float = 0.02
    pre_trends: float = 0.05
    first_stage: float = 10.0
    clusters: int = 30
    matched_share: float = 0.9


class Protocol(Base, frozen=True, kw_only=True):
    """A study: the question and everything that decides the answer, fixed before the data are opened.

    `name` is the file's name. `evidence_chain` and `evidence_about` say where a finding belongs in the catalogue.
    `adjustment` lists covariates to hold equal (empty: all that are known at the start). `minimum_cell` is the smallest
    number of persons that may be told. `seed` decides every draw. `engine` is what reads the registers; both give the
    same numbers.
    """

    name: str
    title: Text
    question: Text
    background: Text
    data: Data
    population: Who
    comparison: With
    outcomes: Outcomes
    minimum_cell: int
    seed: int
    estimators: tuple[Method, ...] = ()
    adjustment: tuple[str, ...] = ()
    cluster: Literal["", "office", "person"] = ""
    subgroups: tuple[Subgroup, ...] = ()
    providers: Providers | None = None
    durations: Durations | None = None
    chains: bool = False
    costs: Costs | None = None
    gate: Gate = Gate()
    engine: Literal["duckdb", "spark"] = "duckdb"
    evidence_about: str = ""
    evidence_chain: str = ""

    @property
    def headline_estimator(self) -> Method | None:
        """The estimator whose number is the study's answer; None for a study that only describes."""
        return self.estimators[0] if self.estimators else None
