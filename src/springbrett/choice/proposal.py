"""The proposal as it was shown, kept with the decision: options to JSON and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from springbrett.choice.records import ChainFit, FitReason, MeasureOption
from springbrett.kernel import verdict as verdicts
from springbrett.kernel.verdict import Verdict


@dataclass(frozen=True, slots=True)
class KeptOption:
    """An option as it was shown when somebody decided."""

    measure: str
    proposed: bool
    score: int
    verdict: Verdict
    chain_fits: tuple[ChainFit, ...]
    near: tuple[str, ...]


def to_data(options: Sequence[MeasureOption]) -> list[dict[str, Any]]:
    """The options as JSON, in the order they were shown."""
    return [
        {
            "measure": option.measure,
            "proposed": option.proposed,
            "score": option.score,
            "near": list(option.near),
            "verdict": verdicts.to_data(option.verdict),
            "chain_fits": [_plain(asdict(fit)) for fit in option.chain_fits],
        }
        for option in options
    ]


def from_data(kept: Sequence[Mapping[str, Any]]) -> tuple[KeptOption, ...]:
    """The options that were kept. Raises KeyError or ValueError for data of another shape."""
    return tuple(
        KeptOption(
            measure=item["measure"],
            proposed=item["proposed"],
            score=item["score"],
            verdict=verdicts.from_data(item["verdict"]),
            chain_fits=tuple(_fit(fit) for fit in item["chain_fits"]),
            near=tuple(item["near"]),
        )
        for item in kept
    )


def _fit(data: Mapping[str, Any]) -> ChainFit:
    reasons = {name: tuple(FitReason(**reason) for reason in data[name]) for name in ("for_", "against", "unknown")}
    return ChainFit(**{**data, **reasons})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
