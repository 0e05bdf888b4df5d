"""The help centre as callers, members and departments live it; nothing outside this package knows
of it.

``services`` has what is asked for, ``centre`` who is there, ``hours`` when they work, ``telling``
one ticket's commands, ``tickets``, ``work``, ``scenes`` and ``older`` how tickets go, ``standing``
what stands beside them, ``plan`` all of it, ``reckoning`` and ``report`` what came of it.
"""

from typing import Any

from simulation.help_center_tickets import report
from simulation.help_center_tickets.centre import PROGRAM
from simulation.help_center_tickets.plan import plan
from simulation.matters import Matter
from simulation.programme import Findings, Report, Simulation, World
from simulation.reading import Reader


class _HelpCentre(Simulation):
    program = PROGRAM
    with_data = report.WITH_DATA

    def plan(self, world: World) -> list[Matter]:
        return plan(world)

    async def before(self, reader: Reader) -> Any:
        return await report.before(reader)

    def settled(self, findings: Findings) -> bool:
        return report.settled(findings)

    async def report(self, findings: Findings, reader: Reader) -> Report:
        return await report.report(findings, reader)


SIMULATION = _HelpCentre()
