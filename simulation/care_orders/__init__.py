"""Care of the city's elders as it is lived for some days; nothing outside this package knows of it.

``houses`` has who gives care, ``elders`` who needs it, ``orders`` an order's way to a provider with
what becomes of it in ``arriving`` and ``living``, ``visits`` one visit and ``timetable`` all of
them, ``offices`` what is done at desks, ``plan`` the whole; ``reckoning`` and ``report`` what came of
it.
"""

from typing import Any

from simulation.care_orders import report
from simulation.care_orders.houses import PROGRAM
from simulation.care_orders.plan import plan
from simulation.matters import Matter
from simulation.programme import Findings, Report, Simulation, World
from simulation.reading import Reader


class _Care(Simulation):
    program = PROGRAM
    with_data = report.WITH_DATA

    def plan(self, world: World) -> list[Matter]:
        return plan(world)

    async def before(self, reader: Reader) -> Any:
        return await report.coverage_now(reader)

    def settled(self, findings: Findings) -> bool:
        return report.settled(findings)

    async def report(self, findings: Findings, reader: Reader) -> Report:
        return await report.report(findings, reader)


SIMULATION = _Care()
