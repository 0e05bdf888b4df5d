"""A ticket at the help centre: a lamp is out, and in the end it burns again."""

from datetime import timedelta

from bench.lives.life import DIGEST, DISTRICT, KeyedHash, Life, Telling, mobile, sender
from commands.base import Role
from commands.help_center_tickets.closing import RecordCallBack, ReportDone
from commands.help_center_tickets.given import CallerGiven, HolderGiven, PlaceGiven
from commands.help_center_tickets.holding import Accept, Dispatch
from commands.help_center_tickets.opening import Classify, OpenTicket
from commands.help_center_tickets.working import Pause, RecordContact, Resume, Urge
from domain.help_center_tickets import Channel, Kind
from domain.help_center_tickets.states import PauseGround

CENTRE = sender("officer-12345", Role.OFFICER, "data-bureau")
URBAN = "urban-management"
OFFICER = sender("officer-um", Role.OFFICER, URBAN)


def life(n: int, keyed_hash: KeyedHash) -> Life:
    """Every third waits for a part, every fifth is not done well at first."""
    tell, citizen = Telling(n), sender(f"citizen-{n}", Role.CITIZEN)
    opened = OpenTicket(
        channel=Channel.APP,
        kind=Kind.HELP,
        text="楼道灯坏了三天，老人上下楼很危险",
        place=PlaceGiven(district=DISTRICT),
        caller=CallerGiven(name="王明", phone=mobile(n)),
    )
    ticket = yield tell(opened, citizen)
    yield tell(Classify(ticket_id=ticket, item="A116", district=DISTRICT), CENTRE, 3)
    holder = HolderGiven(kind="department", code=URBAN)
    yield tell(Dispatch(ticket_id=ticket, holder=holder), CENTRE)
    yield tell(Accept(ticket_id=ticket), OFFICER, 10)
    yield tell(RecordContact(ticket_id=ticket), OFFICER, 5)
    if n % 3 == 0:
        until = tell.at + timedelta(days=2)
        yield tell(Pause(ticket_id=ticket, ground=PauseGround.PARTS, until=until), OFFICER, 5)
        yield tell(Urge(ticket_id=ticket), citizen, 20)
        yield tell(Resume(ticket_id=ticket), OFFICER, 60)
    done = ReportDone(ticket_id=ticket, text="已更换灯具", photos=(DIGEST,))
    yield tell(done, OFFICER, 60)
    if n % 5 == 0:
        again = RecordCallBack(ticket_id=ticket, contacted=True, solved=False, satisfied=1)
        yield tell(again, CENTRE, 30)
        yield tell(Dispatch(ticket_id=ticket, holder=holder), CENTRE)
        yield tell(Accept(ticket_id=ticket), OFFICER, 10)
        yield tell(done, OFFICER, 60)
    well = RecordCallBack(ticket_id=ticket, contacted=True, solved=True, satisfied=5)
    yield tell(well, CENTRE, 30)
