"""Cross-border trade as a bonded zone lives it; nothing outside this package knows of it.

``trade`` has the firms and goods, ``orders`` one order's story, ``plan`` all of them, ``report``
what came of them.
"""

from simulation.customs_declarations import report
from simulation.customs_declarations.orders import PROGRAM
from simulation.customs_declarations.plan import plan
from simulation.matters import Matter
from simulation.programme import Findings, Report, Simulation, World
from simulation.reading import Reader


class _Trade(Simulation):
    program = PROGRAM
    with_data = report.WITH_DATA

    def plan(self, world: World) -> list[Matter]:
        return plan(world)

    def settled(self, findings: Findings) -> bool:
        return report.settled(findings)

    async def report(self, findings: Findings, reader: Reader) -> Report:
        return await report.report(findings, reader)


SIMULATION = _Trade()
