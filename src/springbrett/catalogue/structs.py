"""Every struct of the catalogue under one name, for those who import types."""

from springbrett.catalogue.base import Base, Dated, Severity, Source, Text
from springbrett.catalogue.chains import (
    LINKS,
    Assumption,
    Chain,
    Evidence,
    FollowupTemplate,
    LinkItem,
    Links,
    Typical,
)
from springbrett.catalogue.codelists import (
    Act,
    Adaptation,
    Code,
    Demand,
    EndReason,
    FactKind,
    Industry,
    LaterStatus,
    NeedsLevel,
    NewName,
    Occupation,
    Ordered,
    Outcome,
    Place,
    Purpose,
)
from springbrett.catalogue.conditions import Condition, Fit, Score
from springbrett.catalogue.house import HouseSetting, HouseValue
from springbrett.catalogue.measures import (
    Age,
    AgreementRules,
    Clause,
    ContentRequired,
    Duration,
    LegalBasis,
    Measure,
    NeedsLevels,
    PracticeNote,
    Related,
    Replaced,
    ReportDuty,
    Review,
    Rule,
    StartWindow,
    TargetCondition,
    Validity,
)

__all__ = [
    "LINKS", "Act", "Adaptation", "Age", "AgreementRules", "Assumption", "Base", "Chain", "Clause", "Code",
    "Condition", "ContentRequired", "Dated", "Demand", "Duration", "EndReason", "Evidence", "FactKind", "Fit",
    "FollowupTemplate", "HouseSetting", "HouseValue", "Industry", "LaterStatus", "LegalBasis", "LinkItem", "Links",
    "Measure", "NeedsLevel", "NeedsLevels", "NewName", "Occupation", "Ordered", "Outcome", "Place", "PracticeNote",
    "Purpose", "Related", "Replaced", "ReportDuty", "Review", "Rule", "Score", "Severity", "Source", "StartWindow",
    "TargetCondition", "Text", "Typical", "Validity",
]  # fmt: skip
