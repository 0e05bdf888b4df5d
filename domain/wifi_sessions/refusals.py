"""What WiFi sessions say no with. Codes are never renamed, and no fact names a person."""

from datetime import datetime

from domain.shared.refusals import Refused


class TooManyCodes(Refused, code="too-many-codes"):
    """A mobile gets one code a minute and ten a day."""

    retry_at: datetime


class UserBlocked(Refused, code="user-blocked"):
    """The user may not use the city's WiFi for now."""

    until: datetime | None


class NoticeOutdated(Refused, code="notice-outdated"):
    """The user has seen an older privacy notice than the one in force."""

    in_force: str


class CodeWrong(Refused, code="code-wrong"):
    """Not the code that was sent."""

    tries_left: int


class CodeExpired(Refused, code="code-expired"):
    """A code is good for five minutes."""

    expired_at: datetime


class CodeLocked(Refused, code="code-locked"):
    """Five wrong codes; a new one has to be asked for."""


class DeviceUnknown(Refused, code="device-unknown"):
    """The device is bound to nobody, or not any more, or its address is made up."""


class TooManyDevices(Refused, code="too-many-devices"):
    """Three devices of one mobile are online at a time."""

    most: int


class UnknownNas(Refused, code="unknown-nas", status=404):
    """No access point has this identifier."""


class UnknownAp(Refused, code="unknown-ap", status=404):
    """There is no such access point."""


class TimeImplausible(Refused, code="time-implausible", status=422):
    """The record's time is more than a day off."""


class StartAfterStop(Refused, code="start-after-stop"):
    """A session starts before it stops."""

    stopped_at: datetime


class AcctSessionTaken(Refused, code="acct-session-taken"):
    """Another session has this number at this access point since its last restart."""


class MappingOverlap(Refused, code="mapping-overlap"):
    """A port of a public address belongs to one session at a time."""


class BlockTooWide(Refused, code="mapping-too-wide", status=422):
    """A block of ports has a most, in ports and in time."""

    ports: int
    hours: int


class NoDisconnectOpen(Refused, code="no-disconnect-open"):
    """Nobody asked the access point to end this session."""


class NotBlocked(Refused, code="not-blocked"):
    """The user is not blocked."""


class NoLegalBasis(Refused, code="no-legal-basis"):
    """A request for logs names the document that allows it."""


class WindowTooWide(Refused, code="window-too-wide"):
    """One address, port and instant, or one mobile, and thirty days at most; never a place."""


class LegalHold(Refused, code="legal-hold"):
    """The law keeps the logs until then; an open request keeps them longer."""

    until: datetime
    open_requests: int


class ApExists(Refused, code="ap-exists"):
    """An access point with this identifier is installed already."""
