"""The sealed identity of whoever reported (举报): opened by two officers, with grounds, or never."""

from domain.help_center_tickets.refusals import NotSealed, NoUnsealing
from domain.help_center_tickets.states import LIVE, State
from domain.help_center_tickets.values import Caller
from domain.help_center_tickets.working import Working
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.identifiers import OfficerId
from domain.shared.personal import Personal
from domain.shared.refusals import FourEyes


class Sealing(Working):
    """A reporter stays unknown to everybody who works on the report."""

    class UnsealRequested(Aggregate.Event, v=1, audit_only=True):
        """An officer asks, with grounds, to learn who reported."""

        officer: OfficerId
        ground: str

    @allowed_in(*LIVE, State.CLOSED)
    def request_unsealing(self, ground: str, *, officer: str) -> None:
        """Raises NotSealed."""
        if not self.identity_sealed or self.caller is None:
            raise NotSealed()
        self._unseal_requested(officer=officer, ground=ground)

    @event(UnsealRequested)
    def _unseal_requested(self, officer: str, ground: str) -> None:
        self.unseal_asked_by = officer

    class IdentityUnsealed(Aggregate.Event, v=1):
        """Two officers opened the reporter's identity; ``reporter`` is for them alone."""

        reporter: Personal[Caller]
        requested_by: OfficerId
        officer: OfficerId

    @allowed_in(*LIVE, State.CLOSED)
    def approve_unsealing(self, *, officer: str) -> None:
        """By another officer than the one who asked. Raises NoUnsealing and FourEyes."""
        if self.unseal_asked_by is None or self.caller is None:
            raise NoUnsealing()
        if officer == self.unseal_asked_by:
            raise FourEyes()
        self._identity_unsealed(
            reporter=self.caller, requested_by=self.unseal_asked_by, officer=officer
        )

    @event(IdentityUnsealed)
    def _identity_unsealed(self, reporter: Caller, requested_by: str, officer: str) -> None:
        self.unseal_asked_by = None
