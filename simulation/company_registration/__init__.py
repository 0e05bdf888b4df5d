"""Company registration as a real office lives it; nothing outside this package knows of it.

``timeline`` says when what happens, ``plan`` makes commands of it, ``report`` tells from the log
what came of them.
"""

from typing import Any

from simulation.company_registration import report
from simulation.company_registration.plan import plan
from simulation.matters import Matter
from simulation.programme import Findings, Report, Simulation, World
from simulation.reading import Reader


class _Registrations(Simulation):
    program = report.PROGRAM

    def plan(self, world: World, count: int) -> list[Matter]:
        return plan(world, count)

    async def before(self, reader: Reader) -> Any:
        return await report.wall_of(reader)

    def settled(self, findings: Findings) -> bool:
        return report.settled(findings)

    async def report(self, findings: Findings, reader: Reader) -> Report:
        return await report.report(findings, reader)


SIMULATION = _Registrations()
