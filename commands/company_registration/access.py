"""Who may act for whom: the applicant for the company, officers for their department.

Roles stand at each handler; here is what depends on the matter or on a field of the command.
"""

from commands.base import Context, Role
from domain.company_registration import CompanyRegistration
from domain.shared.refusals import Forbidden

REGISTRY = "market-regulation"


def require_applicant(registration: CompanyRegistration, ctx: Context) -> None:
    """Raises Forbidden to everybody but the one who began the matter."""
    if ctx.actor != registration.applicant.actor:
        raise Forbidden()


def require_party(registration: CompanyRegistration, ctx: Context) -> None:
    """The one who began the matter, or an officer of the registry who serves him at the counter."""
    at_counter = Role.OFFICER in ctx.caller.roles and ctx.caller.department == REGISTRY
    if not at_counter:
        require_applicant(registration, ctx)


def require_department(ctx: Context, *departments: str) -> None:
    """Raises Forbidden to others than these departments and Huimin itself."""
    if not ctx.by_huimin and ctx.caller.department not in departments:
        raise Forbidden()
