"""Filings of a new company with the departments, and taking them back.

Policies send these for all departments at once; a department may also record a filing that reached
it by another way, with its own receipt.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from commands.base import Context, Role, command
from commands.company_registration.access import REGISTRY, require_department
from commands.company_registration.given import RegistrationCommand
from domain.company_registration import CompanyRegistration
from domain.shared.departments import DepartmentCode

ReceiptNo = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    Field(description="The department's receipt", examples=["tax-2026-000123"]),
]


class FileWithDepartment(RegistrationCommand):
    """Record that a department has the company on file. Once per department."""

    department: DepartmentCode
    receipt_no: ReceiptNo | None = Field(
        default=None, description="The department's receipt; left out, one is derived"
    )


@command(key="registration_id", roles={Role.SYSTEM, Role.OFFICER, Role.DEPARTMENT})
def file_with_department(
    cmd: FileWithDepartment, registration: CompanyRegistration, ctx: Context
) -> None:
    """A derived receipt comes from the command's id, so that a retry derives the same."""
    require_department(ctx, cmd.department, REGISTRY)
    receipt_no = cmd.receipt_no or f"{cmd.department}-{ctx.command_id.hex[:16]}"
    registration.file_with_department(cmd.department, receipt_no)


class TakeBackFiling(RegistrationCommand):
    """Tell a department that the company's registration was annulled."""

    department: DepartmentCode


@command(key="registration_id", roles={Role.SYSTEM, Role.OFFICER, Role.DEPARTMENT})
def take_back_filing(cmd: TakeBackFiling, registration: CompanyRegistration, ctx: Context) -> None:
    """After an annulment only."""
    require_department(ctx, cmd.department, REGISTRY)
    registration.take_back_filing(cmd.department)
