"""A device by the keyed hash of its MAC address: bound to its user for a week after a code.

An address that the device made up is no identity and is bound to nobody.
"""

from datetime import datetime

from domain.shared.aggregate import Aggregate, event
from domain.shared.identifiers import Mobile, SubjectRef
from domain.shared.personal import Personal
from domain.wifi_sessions import limits
from domain.wifi_sessions.records import known
from domain.wifi_sessions.refusals import DeviceUnknown


class WifiDevice(Aggregate, program="wifi-sessions"):
    """One device that has an address of its own."""

    class DeviceKnown(Aggregate.Created, v=1, audit_only=True):
        """The city's WiFi hears of the device for the first time."""

        device: SubjectRef

    @event(DeviceKnown)
    def __init__(self, device: str) -> None:
        self.device: str = device
        self.user: str | None = None
        self.mobile: str | None = None
        self.notice_version: str | None = None
        self.bound_until: datetime | None = None

    class DeviceBound(Aggregate.Event, v=1, audit_only=True):
        """The device is the user's until then, in place of anybody else's before."""

        user: SubjectRef
        mobile: Personal[Mobile]
        notice_version: str
        until: datetime

    def bind(self, user: str, mobile: str, notice_version: str) -> None:
        """For seven days from a code that was right."""
        until = self.now + limits.DEVICE_BOUND
        self._device_bound(user=user, mobile=mobile, notice_version=notice_version, until=until)

    @event(DeviceBound)
    def _device_bound(self, user: str, mobile: str, notice_version: str, until: datetime) -> None:
        self.user, self.mobile = user, mobile
        self.notice_version = notice_version
        self.bound_until = until

    def owner(self, at: datetime) -> tuple[str, str, str]:
        """User, mobile and the notice they saw. Raises DeviceUnknown."""
        if self.user is None or self.bound_until is None or at > self.bound_until:
            raise DeviceUnknown()
        return self.user, known(self.mobile), known(self.notice_version)
