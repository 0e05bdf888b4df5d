"""Who may send what: an enterprise its own documents, customs the rest.

An enterprise is recognised by the token of its own system, which customs registered with it.
"""

from commands.base import Context, Role
from domain.customs_declarations import CustomsDeclaration, Enterprise
from domain.customs_declarations.enterprise import EnterpriseKind, enterprise_id
from domain.customs_declarations.refusals import SenderNotEntitled
from domain.shared.refusals import Forbidden

CUSTOMS = "customs"
BY_CUSTOMS = frozenset({Role.OFFICER, Role.DEPARTMENT})
"""An officer of customs, or the system of customs itself."""


def by_customs(ctx: Context) -> bool:
    """Whether customs asks."""
    return bool(BY_CUSTOMS & ctx.caller.roles) and ctx.caller.department == CUSTOMS


def require_sender(ctx: Context, code: str, kind: EnterpriseKind) -> Enterprise:
    """The enterprise, which must be the sender itself. Raises SenderNotEntitled.

    An unknown enterprise is answered like one of others: who asks learns nothing of it.
    """
    enterprise = ctx.matter(Enterprise, enterprise_id(code))
    if enterprise is None or not enterprise.may_send(kind, ctx.actor):
        raise SenderNotEntitled(enterprise=code)
    return enterprise


def require_agent_or_platform(declaration: CustomsDeclaration, ctx: Context) -> None:
    """The agent of the list or the platform of the order. Raises SenderNotEntitled."""
    agent_code = declaration.list.agent_code if declaration.list else declaration.ebp_code
    agent, platform = ctx.matters(
        Enterprise, [enterprise_id(agent_code), enterprise_id(declaration.ebp_code)]
    )
    if agent is not None and agent.may_send(EnterpriseKind.AGENT, ctx.actor):
        return
    if platform is None or not platform.may_send(EnterpriseKind.PLATFORM, ctx.actor):
        raise SenderNotEntitled(enterprise=agent_code)


def require_department(ctx: Context, *departments: str) -> str:
    """The caller's department, which must be one of these. Raises Forbidden."""
    if ctx.caller.department not in departments:
        raise Forbidden()
    return ctx.caller.department
