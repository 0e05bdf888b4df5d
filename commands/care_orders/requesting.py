"""Ask for care, be assessed, withdraw the consent."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from commands.base import Command, Context, Role, command
from commands.care_orders.access import OFFICE, provider_of, require_family
from commands.care_orders.given import (
    ContactGiven,
    Given,
    OrderCommand,
    PersonGiven,
    Text,
    subject_of,
)
from domain.care_orders import CareOrder, Elder, Mode
from domain.care_orders.assessment import MOST_POINTS, Diagnosis, Incidents
from domain.care_orders.limits import ASSESSMENT, FIRST_CONTACT
from domain.care_orders.people import LEAST_AGE, Applicant, Assessor, elder_id
from domain.care_orders.refusals import ConsentMissing, TooYoung
from domain.shared.address import Address, Point
from domain.shared.checks import bad
from domain.shared.districts import current
from domain.shared.identifiers import (
    PersonName,
    ResidentId,
    Uscc,
    age_on,
    resident_id_birthdate,
)
from domain.shared.instants import Instant, shanghai_date
from domain.shared.personal import Personal, Sensitive


class RequestCare(Command):
    """Ask for care in one mode. The office gets in touch within a working day.

    Begins the matter. The consent is the elder's own for the use of health data.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "elder": {"name": "王明", "resident_id": "330203194001011233"},
                    "mode": "home",
                    "address": {
                        "division": "330203",
                        "street": "鼓楼街道",
                        "community": "秀水社区",
                        "detail": "中山西路100号",
                    },
                    "location": {"lat": 29.8683, "lon": 121.544},
                    "emergency_contact": {"name": "王芳", "phone": "13812345678"},
                    "consent_id": "consent-2026-000123",
                }
            ]
        }
    )

    order_id: UUID | None = Field(
        default=None, description="An id of your own for the matter; left out, the server chooses"
    )
    elder: PersonGiven
    mode: Mode
    address: Personal[Address]
    location: Sensitive[Point] = Field(description="The home, WGS-84 degrees")
    home_tag: Personal[Text] | None = Field(
        default=None, description="Text of the tag in the home, instead of the point at check-ins"
    )
    guardian: ContactGiven | None = None
    emergency_contact: ContactGiven
    consent_id: Text | None = Field(
        default=None, description="The separate consent for health data; without it: refused"
    )


@command(
    roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.SYSTEM},
    id_field="order_id",
    department=OFFICE,
)
def request_care(cmd: RequestCare, ctx: Context) -> CareOrder:
    """One live order of an elder in each mode."""
    elder = cmd.elder.known_as(ctx)
    today = shanghai_date(ctx.now)
    known = ctx.matter(Elder, elder_id(elder.subject))
    if age_on(resident_id_birthdate(elder.resident_id), today) < LEAST_AGE:
        raise TooYoung(least_age=LEAST_AGE)
    if cmd.consent_id is None:
        raise ConsentMissing()
    if known is not None:
        known.open_order(cmd.mode, ctx.new_id)
    else:
        ctx.also(
            Elder.begin(
                Elder.ElderEntered,
                id=elder_id(elder.subject),
                at=ctx.now,
                elder=elder.subject,
                mode=cmd.mode,
                order_id=ctx.new_id,
            )
        )
    return CareOrder.begin(
        CareOrder.CareRequested,
        id=ctx.new_id,
        at=ctx.now,
        elder=elder,
        mode=cmd.mode,
        district=current(cmd.address.division, today),
        address=cmd.address.under_current_division(today),
        location=cmd.location,
        home_tag=cmd.home_tag,
        guardian=cmd.guardian.known() if cmd.guardian else None,
        emergency_contact=cmd.emergency_contact.known(),
        applicant=Applicant(subject=ctx.keyed_hash("actor", ctx.actor), actor=ctx.actor),
        consent_id=cmd.consent_id,
        clocks=(
            FIRST_CONTACT.start(ctx.now, ctx.calendar),
            ASSESSMENT.start(ctx.now, ctx.calendar),
        ),
    )


class RecordFirstContact(OrderCommand):
    """Record that the office spoke to the elder or the family."""


@command(key="order_id", roles={Role.OFFICER}, department=OFFICE)
def record_first_contact(cmd: RecordFirstContact, order: CareOrder, ctx: Context) -> None:
    """Ends the limit of one working day."""
    order.record_first_contact(by=ctx.actor)


class PauseAssessment(OrderCommand):
    """Let the limit for the assessment stand still while the elder is not available."""

    reason: Personal[Text]


@command(key="order_id", roles={Role.OFFICER}, department=OFFICE)
def pause_assessment(cmd: PauseAssessment, order: CareOrder, ctx: Context) -> None:
    """By the office, which owes the assessment."""
    order.pause_assessment(cmd.reason, calendar=ctx.calendar)


class ResumeAssessment(OrderCommand):
    """Let the limit for the assessment go on."""


@command(key="order_id", roles={Role.OFFICER}, department=OFFICE)
def resume_assessment(cmd: ResumeAssessment, order: CareOrder, ctx: Context) -> None:
    """With what remained of it."""
    order.resume_assessment(calendar=ctx.calendar)


class AssessorGiven(Given):
    """Who signs an assessment, and for which body."""

    name: Personal[PersonName]
    resident_id: Sensitive[ResidentId]
    organisation: Uscc


Count = Annotated[int, Field(ge=0, le=100)]


class IncidentsGiven(Given):
    """What happened in the 30 days before, counted."""

    falls: Count = 0
    chokings: Count = 0
    self_harm: Count = 0
    wanderings: Count = 0


class RecordAssessment(OrderCommand):
    """Record what two assessors found. The grade is computed from it.

    ``scores`` has a number of points for each of the 26 items of GB/T 42195-2022.
    """

    scores: Sensitive[dict[str, int]] = Field(
        description="Points by item, from 0 to the item's most",
        examples=[dict.fromkeys(MOST_POINTS, 1)],
        json_schema_extra={
            "properties": {
                item: {"type": "integer", "minimum": 0, "maximum": most}
                for item, most in MOST_POINTS.items()
            },
            "required": [*sorted(MOST_POINTS)],
            "additionalProperties": False,
        },
    )
    diagnoses: Sensitive[Annotated[tuple[Diagnosis, ...], Field(max_length=3)]] = ()
    incidents_30d: Sensitive[IncidentsGiven] = IncidentsGiven()
    assessors: Annotated[tuple[AssessorGiven, ...], Field(min_length=2, max_length=2)]
    at: Instant = Field(description="When the elder was assessed")

    @field_validator("scores")
    @classmethod
    def _every_item_within_its_range(cls, value: Mapping[str, int]) -> Mapping[str, int]:
        if set(value) != set(MOST_POINTS):
            bad("scores-incomplete", "Every item of the standard has a score, and no other")
        if any(not 0 <= points <= MOST_POINTS[item] for item, points in value.items()):
            bad("score-out-of-range", "A score lies outside its item's range")
        return value

    @field_validator("assessors")
    @classmethod
    def _two_people(
        cls, value: tuple[AssessorGiven, ...], info: ValidationInfo
    ) -> tuple[AssessorGiven, ...]:
        if len({assessor.resident_id for assessor in value}) < len(value):
            bad("same-assessor-twice", "Two different people sign")
        return value


@command(key="order_id", roles={Role.OFFICER}, department=OFFICE)
def record_assessment(cmd: RecordAssessment, order: CareOrder, ctx: Context) -> None:
    """None of the two may work for the order's provider."""
    provider = provider_of(order.provider, ctx) if order.provider else None
    order.record_assessment(
        cmd.scores,
        frozenset(cmd.diagnoses),
        Incidents(**cmd.incidents_30d.model_dump()),
        tuple(
            Assessor(subject=subject_of(a.resident_id, ctx), organisation=a.organisation)
            for a in cmd.assessors
        ),
        cmd.at,
        providers_staff=frozenset(provider.carers) if provider else frozenset(),
        calendar=ctx.calendar,
    )


class WithdrawConsent(OrderCommand):
    """Withdraw the consent for health data. Nobody gets them from then on."""


@command(key="order_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER}, department=OFFICE)
def withdraw_consent(cmd: WithdrawConsent, order: CareOrder, ctx: Context) -> None:
    """As easily as it was given (PIPL, art. 15)."""
    require_family(order, ctx)
    order.withdraw_consent()
