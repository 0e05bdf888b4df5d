"""How the process of joint measures follows the entry on a list.

One policy for all three events, so that they reach the process in the order of the log. A repair,
a withdrawal and the end of the publicity need no word of their own here: each of them takes the
subject off the list in the same decision, which says so.
"""

from commands.base import policy
from commands.credit_consequence import BeginConsequence, LiftMeasures, RecordRemoval
from domain.credit_consequence import consequence_id
from domain.credit_records import CreditRecord


@policy("credit-consequence", fails="wait")
def follow_the_listing(
    e: CreditRecord.SubjectListed | CreditRecord.SubjectDelisted | CreditRecord.RemovalConfirmed,
) -> BeginConsequence | LiftMeasures | RecordRemoval:
    """Begins with the listing, red or black; learns of its end and of each removal."""
    match e:
        case CreditRecord.SubjectListed():
            return BeginConsequence(
                record_id=e.id,
                subject=e.subject,
                list=e.list,
                colour=e.colour,
                source=e.source,
                measures=e.measures,
                listed_at=e.at,
            )
        case CreditRecord.SubjectDelisted():
            return LiftMeasures(
                consequence_id=consequence_id(e.id), reason=e.reason, delisted_at=e.at
            )
        case CreditRecord.RemovalConfirmed():
            return RecordRemoval(consequence_id=consequence_id(e.id), department=e.department)
