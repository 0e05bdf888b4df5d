"""Block people from the city's WiFi, lift that, and erase what is held on them."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import Field, ValidationInfo, field_validator

from commands.base import Command, Context, Role, command
from commands.wifi_sessions.given import POLICE, OrderNo
from domain.shared.checks import bad
from domain.shared.identifiers import Mobile, SubjectRef
from domain.shared.instants import Instant
from domain.shared.personal import Personal
from domain.shared.refusals import NotFound
from domain.wifi_sessions import WifiUser
from domain.wifi_sessions.ids import wifi_user_id


class UserCommand(Command):
    """Base of the commands on one user, by mobile or by the city's reference for it."""

    mobile: Personal[Mobile] | None = None
    user: SubjectRef | None = Field(
        default=None,
        validate_default=True,
        description="The city's reference for the mobile, instead of the mobile",
    )

    @field_validator("user")
    @classmethod
    def _one_of_the_two(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "mobile" in info.data and (value is None) == (info.data["mobile"] is None):
            bad("user-unclear", "Give the mobile or the user, one of the two")
        return value

    def reference(self, ctx: Context) -> str:
        """The keyed hash that stands for the user."""
        return self.user or ctx.keyed_hash("mobile", self.mobile or "")


@contextmanager
def _deciding(cmd: UserCommand, ctx: Context) -> Iterator[WifiUser]:
    """As the command's own matter, begun if there is none."""
    user = cmd.reference(ctx)
    id = wifi_user_id(user)
    found = ctx.matter(WifiUser, id)
    if found is not None:
        yield found
        return
    begun = WifiUser.begin(WifiUser.UserKnown, id=id, at=ctx.now, user=user)
    with begun.deciding(ctx.now):
        yield begun


class BlockUser(UserCommand):
    """Keep a user from the city's WiFi; live sessions end."""

    until: Instant | None = Field(default=None, description="End of the block, if it is known")
    order_no: OrderNo


@command(roles={Role.SYSTEM, Role.OFFICER}, department=POLICE)
def block_user(cmd: BlockUser, ctx: Context) -> WifiUser:
    """By an order. Each live session is then disconnected by a command of its own."""
    with _deciding(cmd, ctx) as user:
        user.block(cmd.until, cmd.order_no, ctx.actor)
    return user


class UnblockUser(UserCommand):
    """Let a user use the city's WiFi again, as far as one order goes, or altogether."""

    order_no: OrderNo | None = Field(
        default=None, description="The order whose block is lifted; left out, every one"
    )


@command(roles={Role.SYSTEM, Role.OFFICER}, department=POLICE)
def unblock_user(cmd: UnblockUser, ctx: Context) -> WifiUser:
    """Raises NotBlocked when no block is in force, or none by this order."""
    user = ctx.matter(WifiUser, wifi_user_id(cmd.reference(ctx)))
    if user is None:
        raise NotFound()
    user.unblock(ctx.actor, cmd.order_no)
    return user


class EraseUser(UserCommand):
    """Erase what is held on a user, once the law no longer has it kept."""


@command(roles={Role.AGENT, Role.OFFICER}, department="data-bureau")
def erase_user(cmd: EraseUser, ctx: Context) -> WifiUser:
    """Raises LegalHold, with the date, until six months after the user's last log."""
    user = ctx.matter(WifiUser, wifi_user_id(cmd.reference(ctx)))
    if user is None:
        raise NotFound()
    user.erase()
    return user
