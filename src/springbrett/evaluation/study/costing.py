"""placeholder"""

from typing import Any
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.tables import Rows


def costs(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    return {}, {}
