"""The help centre as callers, members and departments live it; nothing outside this package knows
of it.

``services`` has what is asked for, ``centre`` who is there, ``hours`` when they work, ``telling``
one ticket's commands, ``tickets``, ``work``, ``scenes`` and ``older`` how tickets go, ``standing``
what stands beside them, ``plan`` all of it, ``reckoning`` and ``report`` what came of it.
"""

from simulation.help_center_tickets import report
from simulation.help_center_tickets.centre import PROGRAM
from simulation.help_center_tickets.plan import plan
from simulation.programme import Simulation

SIMULATION = Simulation(
    program=PROGRAM,
    plan=plan,
    settled=report.settled,
    report=report.report,
    before=report.before,
    with_data=report.WITH_DATA,
)
