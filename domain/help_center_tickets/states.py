"""The words of the help centre: states, kinds, channels, urgency, grounds."""

from enum import StrEnum


class State(StrEnum):
    """Where a ticket stands. ``MERGED`` waits for the result of the ticket it was merged into;
    the last four lead nowhere but for a closed ticket, which may be reopened."""

    OPEN = "open"
    CLASSIFIED = "classified"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    WORKING = "working"
    PAUSED = "paused"
    CALLING_BACK = "calling_back"
    MERGED = "merged"
    CLOSED = "closed"
    HANDED_OVER = "handed_over"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


LIVE = (
    State.OPEN,
    State.CLASSIFIED,
    State.DISPATCHED,
    State.RETURNED,
    State.WORKING,
    State.PAUSED,
    State.CALLING_BACK,
)
WITH_HOLDER = (State.DISPATCHED, State.WORKING, State.PAUSED)
"""States in which somebody other than the centre has the ticket."""


class CompanyState(StrEnum):
    """A member company's standing; ``EXPELLED`` is for good."""

    APPLIED = "applied"
    ADMITTED = "admitted"
    SUSPENDED = "suspended"
    EXPELLED = "expelled"


class OrderState(StrEnum):
    """An order to keep somebody from the city's WiFi; the last two are ends. One whose time is
    over stays ``ORDERED``."""

    REQUESTED = "requested"
    ORDERED = "ordered"
    TURNED_DOWN = "turned_down"
    LIFTED = "lifted"


class ArticleState(StrEnum):
    """Whether an article of the knowledge base may be used."""

    PUBLISHED = "published"
    RETIRED = "retired"


class ItemState(StrEnum):
    """Whether a service of the catalogue is given, or will be."""

    OFFERED = "offered"
    RETIRED = "retired"


class Kind(StrEnum):
    """What the caller wants: 咨询、求助、投诉、举报、建议."""

    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"


class Channel(StrEnum):
    """How a ticket came; ``POLICY`` is Huimin itself, when something happened elsewhere."""

    PHONE = "phone"
    APP = "app"
    WECHAT = "wechat"
    WEB = "web"
    COUNTER = "counter"
    SENSOR = "sensor"
    POLICY = "policy"


class Urgency(StrEnum):
    """As the officer judges it who classifies; ascending in ``RANK``."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for ordinary to 2 for emergency."""
        return list(Urgency).index(self)


class Tier(StrEnum):
    """A line of the table of limits, from kind, urgency and service."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ORDINARY = "ordinary"
    CONSULT = "consult"
    COMPLAINT = "complaint"
    CONSUMER = "consumer-complaint"


class DeclineGround(StrEnum):
    """Why the centre may not take a ticket (国办发〔2020〕53号; Petition Regulations 2022)."""

    COURT = "court"
    PETITION = "petition"
    CONFIDENTIAL = "secret"
    ARBITRATION = "arbitration"
    OUTSIDE_CITY = "outside-city"
    ABUSE = "abuse"


class ReturnGround(StrEnum):
    """Why a holder may give a ticket back."""

    NOT_COMPETENT = "not-competent"
    WRONG_DISTRICT = "wrong-district"
    WRONG_ITEM = "wrong-item"
    SEVERAL_COMPETENT = "several-competent"


class PauseGround(StrEnum):
    """Why work may rest; ``CALLER`` needs the caller's agreement."""

    CALLER = "caller"
    WEATHER = "weather"
    PARTS = "parts"


class SuspensionCause(StrEnum):
    """Why a member gets no more tickets."""

    LICENCE_REVOKED = "licence-revoked"
    BUSINESS_SUSPENDED = "business-suspended"
    LISTED = "listed"
    CONDUCT = "conduct"


class EmergencyService(StrEnum):
    """The lines that a danger to life is handed to."""

    POLICE = "110"
    FIRE = "119"
    AMBULANCE = "120"


class Severity(StrEnum):
    """How grave a proven misconduct is, for its credit record."""

    MINOR = "minor"
    ORDINARY = "ordinary"
    SERIOUS = "serious"


class ServiceGroup(StrEnum):
    """The eight groups of the plan."""

    LIFE = "life"
    CULTURE_EDUCATION = "culture-education"
    SCIENCE = "science"
    HEALTH = "health"
    AGRICULTURE = "agriculture"
    ECONOMY = "economy"
    LEGAL_ADVICE = "legal-advice"
    RIGHTS = "rights"
