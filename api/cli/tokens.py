"""``huimin token``: bearer tokens of the development issuer."""

from datetime import timedelta
from typing import Annotated

import typer

from api.cli.console import out, require_known, show_json
from commands.base import Role
from domain.shared.departments import DEPARTMENTS
from infra.settings import read
from infra.tokens import DevelopmentIssuer

app = typer.Typer(no_args_is_help=True, help="Bearer tokens of the development issuer.")

ROLES = sorted(role.value for role in Role if role is not Role.SYSTEM)
TEN_YEARS = 24 * 3652


@app.command()
def issue(
    actor: Annotated[str, typer.Option(help="Who it speaks for, e.g. officer-7.")],
    role: Annotated[
        list[str], typer.Option(help=f"May be given again. One of: {', '.join(ROLES)}.")
    ],
    department: Annotated[str | None, typer.Option(help="Department code, e.g. tax.")] = None,
    hours: Annotated[
        float, typer.Option(help="How long it is good for.", min=0.001, max=TEN_YEARS)
    ] = 12.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Print a token; only the development issuer's are made here."""
    for one in role:
        require_known("角色", "role", one, ROLES)
    require_known("部门", "department", department, DEPARTMENTS)
    issuer = DevelopmentIssuer(read().data_dir)
    token = issuer.issue(actor, role, department, timedelta(hours=hours))
    if as_json:
        show_json({"token": token, "actor": actor, "roles": role, "department": department})
    else:
        out.print(token, markup=False, highlight=False)
