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
    Circumstance,
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
from springbrett.catalogue.limits import (
    Age,
    AttachesTo,
    Combination,
    Duration,
    Extension,
    LastDay,
    NeedsLevels,
    RequiresFirst,
    Season,
    TargetCondition,
    Validity,
)
from springbrett.catalogue.measures import LegalBasis, Measure, Related, Replaced
from springbrett.catalogue.money import Funding, Rate, RateValue, Subsidy, SubsidyGroup, SubsidyStep
from springbrett.catalogue.terms import (
    AgreementRules,
    Appeal,
    Clause,
    ContentRequired,
    Employment,
    PracticeNote,
    Question,
    ReportDuty,
    Review,
    Rule,
    StartWindow,
)

__all__ = [
    "LINKS", "Act", "Adaptation", "Age", "AgreementRules", "Appeal", "Assumption", "AttachesTo", "Base", "Chain",
    "Circumstance", "Clause", "Code", "Combination", "Condition", "ContentRequired", "Dated", "Demand", "Duration",
    "Employment", "EndReason", "Evidence", "Extension", "FactKind", "Fit", "FollowupTemplate", "Funding",
    "HouseSetting", "HouseValue", "Industry", "LastDay", "LaterStatus", "LegalBasis", "LinkItem", "Links", "Measure",
    "NeedsLevel", "NeedsLevels", "NewName", "Occupation", "Ordered", "Outcome", "Place", "PracticeNote", "Purpose",
    "Question", "Rate", "RateValue", "Related", "Replaced", "ReportDuty", "RequiresFirst", "Review", "Rule", "Score",
    "Season", "Severity", "Source", "StartWindow", "Subsidy", "SubsidyGroup", "SubsidyStep", "TargetCondition",
    "Text", "Typical", "Validity",
]  # fmt: skip
