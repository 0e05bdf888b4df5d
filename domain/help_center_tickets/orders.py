"""Orders to keep somebody from the city's WiFi, for what a ticket reported.

The centre, or the police, asks with a ticket; an officer of the police who did not ask orders it,
for a time, under the number of the written document that is its legal basis. Whom it concerns
stands here by keyed hash alone. What WiFi does about it is WiFi's own (cross-programme brief,
section 3: ``order-blocks-user``).
"""

from datetime import datetime
from uuid import UUID

from domain.help_center_tickets.refusals import OrderEndPassed
from domain.help_center_tickets.states import OrderState
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.refusals import FourEyes

S = OrderState


class WifiBlockOrder(Aggregate, program="help-center-tickets"):
    """One order against one user of the city's WiFi."""

    class WifiBlockRequested(Aggregate.Created, v=1):
        """An officer asks for it because of a ticket; ``user`` is the keyed hash of the mobile."""

        ticket: UUID
        user: SubjectRef
        order_no: str
        ground: str
        until: datetime
        officer: OfficerId

    @event(WifiBlockRequested)
    def __init__(
        self, ticket: UUID, user: str, order_no: str, ground: str, until: datetime, officer: str
    ) -> None:
        self.state: OrderState = S.REQUESTED
        self.user: str = user
        self.order_no: str = order_no
        self.until: datetime = until
        self.requested_by: str = officer

    class WifiBlockOrdered(Aggregate.Event, v=1):
        """A second officer ordered it: the user is blocked until then."""

        user: SubjectRef
        order_no: str
        until: datetime
        officer: OfficerId

    @allowed_in(S.REQUESTED)
    def order_wifi_block(self, officer: str) -> None:
        """Raises FourEyes, and OrderEndPassed when it would end before it begins."""
        if officer == self.requested_by:
            raise FourEyes()
        if self.until <= self.now:
            raise OrderEndPassed(until=self.until)
        self._wifi_block_ordered(
            user=self.user, order_no=self.order_no, until=self.until, officer=officer
        )

    @event(WifiBlockOrdered)
    def _wifi_block_ordered(self, user: str, order_no: str, until: datetime, officer: str) -> None:
        self.state = S.ORDERED

    class WifiBlockTurnedDown(Aggregate.Event, v=1):
        """A second officer does not order it."""

        officer: OfficerId
        reason: str

    @allowed_in(S.REQUESTED)
    def turn_down_wifi_block(self, officer: str, reason: str) -> None:
        """Raises FourEyes."""
        if officer == self.requested_by:
            raise FourEyes()
        self._wifi_block_turned_down(officer=officer, reason=reason)

    @event(WifiBlockTurnedDown)
    def _wifi_block_turned_down(self, officer: str, reason: str) -> None:
        self.state = S.TURNED_DOWN

    class WifiBlockLifted(Aggregate.Event, v=1):
        """The order holds no longer, before its end."""

        user: SubjectRef
        order_no: str
        officer: OfficerId
        reason: str

    @allowed_in(S.ORDERED)
    def lift_wifi_block(self, officer: str, reason: str) -> None:
        """By any officer of the police: to let somebody go takes one pair of eyes."""
        self._wifi_block_lifted(
            user=self.user, order_no=self.order_no, officer=officer, reason=reason
        )

    @event(WifiBlockLifted)
    def _wifi_block_lifted(self, user: str, order_no: str, officer: str, reason: str) -> None:
        self.state = S.LIFTED
