"""Providers and their places: what each has of every mode, what is taken, how many wait."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from domain.care_orders import Mode, ProviderCapacity
from domain.care_orders.places import Capacity
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef, Uscc
from projections.base import Index, Row, fold

P = ProviderCapacity


class CareProvider(Row, key="provider_id", main=True):
    """One line per provider of care."""

    provider_id: UUID
    uscc: Annotated[Uscc, Index]
    name: str
    district: Annotated[District, Index]
    lat: float
    lon: float
    capacity: Capacity
    carers: tuple[SubjectRef, ...] = ()
    stopped: tuple[str, ...] = ()


@fold(CareProvider)
def provider_registered(row: None, e: P.ProviderRegistered) -> CareProvider:
    return CareProvider(
        provider_id=e.id,
        uscc=e.uscc,
        name=e.name,
        district=e.district,
        lat=e.location.lat,
        lon=e.location.lon,
        capacity=e.capacity,
    )


@fold(CareProvider)
def capacity_changed(row: CareProvider, e: P.CapacityChanged) -> CareProvider:
    return row.replace(capacity=e.capacity)


@fold(CareProvider)
def carer_registered(row: CareProvider, e: P.CarerRegistered) -> CareProvider:
    return row.replace(carers=(*row.carers, e.carer.subject))


@fold(CareProvider)
def carer_left(row: CareProvider, e: P.CarerLeft) -> CareProvider:
    return row.replace(carers=tuple(c for c in row.carers if c != e.carer))


@fold(CareProvider)
def assignments_stopped(row: CareProvider, e: P.AssignmentsStopped) -> CareProvider:
    return row.replace(stopped=(*row.stopped, e.ground.value))


@fold(CareProvider)
def assignments_allowed(row: CareProvider, e: P.AssignmentsAllowed) -> CareProvider:
    return row.replace(stopped=tuple(g for g in row.stopped if g != e.ground.value))


# --- places of each mode -----------------------------------------------------------------------


class Vacancies(Row, key=("provider", "mode")):
    """One line per provider and mode. ``free`` is 0 while the provider gets no new elders.

    Of a day centre the fullest day counts. The nearest is found by district and point (WGS-84).
    """

    provider: Annotated[Uscc, Index]
    mode: Annotated[Mode, Index]
    name: str
    district: Annotated[District, Index]
    lat: float
    lon: float
    licensed: int
    used: int = 0
    waiting: int = 0
    stopped: int = 0
    free: Annotated[int, Index]

    def counted(self, **changes: int) -> "Vacancies":
        """This row with other numbers, and what is free by them."""
        now = self.replace(**changes)
        return now.replace(free=0 if now.stopped else now.licensed - now.used)


def of(mode: Mode) -> Callable[[Any], tuple[str, Mode]]:
    """The key of a provider's row for a mode."""

    def key(e: Any) -> tuple[str, Mode]:
        return e.uscc, mode

    return key


def opened(e: P.ProviderRegistered, mode: Mode) -> Vacancies:
    """A provider's first row of a mode."""
    licensed = e.capacity.licensed(mode)
    return Vacancies(
        provider=e.uscc,
        mode=mode,
        name=e.name,
        district=e.district,
        lat=e.location.lat,
        lon=e.location.lon,
        licensed=licensed,
        free=licensed,
    )


@fold(Vacancies, key=of(Mode.INSTITUTION))
def beds_opened(row: None, e: P.ProviderRegistered) -> Vacancies:
    return opened(e, Mode.INSTITUTION)


@fold(Vacancies, key=of(Mode.DAY_CARE))
def day_places_opened(row: None, e: P.ProviderRegistered) -> Vacancies:
    return opened(e, Mode.DAY_CARE)


@fold(Vacancies, key=of(Mode.HOME))
def home_places_opened(row: None, e: P.ProviderRegistered) -> Vacancies:
    return opened(e, Mode.HOME)


@fold(Vacancies, key=of(Mode.INSTITUTION))
@fold(Vacancies, key=of(Mode.DAY_CARE))
@fold(Vacancies, key=of(Mode.HOME))
def capacity_counted(row: Vacancies, e: P.CapacityChanged) -> Vacancies:
    return row.counted(licensed=e.capacity.licensed(row.mode))


@fold(Vacancies, key=of(Mode.INSTITUTION))
@fold(Vacancies, key=of(Mode.DAY_CARE))
@fold(Vacancies, key=of(Mode.HOME))
def grounds_counted(row: Vacancies, e: P.AssignmentsStopped | P.AssignmentsAllowed) -> Vacancies:
    more = 1 if isinstance(e, P.AssignmentsStopped) else -1
    return row.counted(stopped=row.stopped + more)


@fold(Vacancies, key=lambda e: (e.uscc, e.place.mode))
def place_taken(row: Vacancies, e: P.PlaceTaken) -> Vacancies:
    return row.counted(used=e.used, waiting=e.waiting)


@fold(Vacancies, key=lambda e: (e.uscc, e.place.mode))
def place_released(row: Vacancies, e: P.PlaceReleased) -> Vacancies:
    return row.counted(used=e.used)


@fold(Vacancies, key=lambda e: (e.uscc, e.wanted.mode))
def waiting_joined(row: Vacancies, e: P.WaitingJoined) -> Vacancies:
    return row.replace(waiting=e.waiting)


@fold(Vacancies, key=lambda e: (e.uscc, e.mode))
def waiting_left(row: Vacancies, e: P.WaitingLeft) -> Vacancies:
    return row.replace(waiting=e.waiting)
