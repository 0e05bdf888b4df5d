"""Enterprises as customs has them: roles, guarantee, unpaid tax, share of inspections."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.customs_declarations import Enterprise
from domain.customs_declarations.enterprise import EnterpriseKind, EnterpriseState, RateReason
from domain.shared.identifiers import Uscc
from domain.shared.money import Fen, SharePpm
from projections.base import Index, Row, fold


class CustomsEnterprises(Row, key="enterprise_id", main=True):
    """One line per enterprise."""

    enterprise_id: UUID
    code: Annotated[Uscc, Index]
    name: Annotated[str, Index]
    kinds: tuple[EnterpriseKind, ...]
    state: Annotated[EnterpriseState, Index] = EnterpriseState.REGISTERED
    guarantee_fen: Fen
    unpaid_tax_fen: Fen = 0
    inspection_rate_ppm: Annotated[SharePpm, Index]
    rate_reason: RateReason | None = None
    false_documents: Annotated[int, Index] = 0
    registered_at: datetime


@fold(CustomsEnterprises)
def enterprise_registered(row: None, e: Enterprise.EnterpriseRegistered) -> CustomsEnterprises:
    return CustomsEnterprises(
        enterprise_id=e.id,
        code=e.code,
        name=e.name,
        kinds=e.kinds,
        guarantee_fen=e.guarantee_fen,
        inspection_rate_ppm=e.inspection_rate_ppm,
        registered_at=e.at,
    )


@fold(CustomsEnterprises)
def guarantee_set(row: CustomsEnterprises, e: Enterprise.GuaranteeSet) -> CustomsEnterprises:
    return row.replace(guarantee_fen=e.guarantee_fen)


@fold(CustomsEnterprises)
def guarantee_held(row: CustomsEnterprises, e: Enterprise.GuaranteeHeld) -> CustomsEnterprises:
    return row.replace(unpaid_tax_fen=row.unpaid_tax_fen + e.tax_fen)


@fold(CustomsEnterprises)
def guarantee_freed(row: CustomsEnterprises, e: Enterprise.GuaranteeFreed) -> CustomsEnterprises:
    return row.replace(unpaid_tax_fen=row.unpaid_tax_fen - e.tax_fen)


@fold(CustomsEnterprises)
def inspection_rate_set(
    row: CustomsEnterprises, e: Enterprise.InspectionRateSet
) -> CustomsEnterprises:
    return row.replace(inspection_rate_ppm=e.inspection_rate_ppm, rate_reason=e.reason)


@fold(CustomsEnterprises)
def false_documents_found(
    row: CustomsEnterprises, e: Enterprise.FalseDocumentsFound
) -> CustomsEnterprises:
    return row.replace(false_documents=row.false_documents + 1)


@fold(CustomsEnterprises)
def enterprise_suspended(
    row: CustomsEnterprises, e: Enterprise.EnterpriseSuspended
) -> CustomsEnterprises:
    return row.replace(state=EnterpriseState.SUSPENDED)


@fold(CustomsEnterprises)
def enterprise_resumed(
    row: CustomsEnterprises, e: Enterprise.EnterpriseResumed
) -> CustomsEnterprises:
    return row.replace(state=EnterpriseState.REGISTERED)
