"""Company registration as a real office lives it; nothing outside this package knows of it.

``timeline`` says when what happens, ``plan`` makes commands of it, ``report`` tells from the log
what came of them.
"""

from typing import Any

from simulation.company_registration import report
from simulation.company_registration.plan import applications_in, plan
from simulation.matters import Matter
from simulation.programme import Findings, Report, Simulation, World
from simulation.reading import Reader


class Registrations(Simulation):
    """As many applications as the city has at the world's scale, or a number that is given."""

    program = report.PROGRAM
    with_data = report.WITH_DATA

    def __init__(self, applications: int | None = None) -> None:
        self._applications = applications

    def plan(self, world: World) -> list[Matter]:
        return plan(world, self._applications or applications_in(world))

    async def before(self, reader: Reader) -> Any:
        return await report.wall_of(reader)

    def settled(self, findings: Findings) -> bool:
        return report.settled(findings)

    async def report(self, findings: Findings, reader: Reader) -> Report:
        return await report.report(findings, reader)


SIMULATION = Registrations()
