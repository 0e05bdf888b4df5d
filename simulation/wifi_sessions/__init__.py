"""Free WiFi as one access platform sees it; nothing outside this package knows of it.

``network`` has the hotspots and what goes wrong with their access points, ``visit`` one device's
time online, ``crowd`` who comes when, ``police`` what the law asks, ``plan`` all of it, ``report``
what came of it.
"""

from simulation.matters import Matter
from simulation.programme import Findings, Report, Simulation, World
from simulation.reading import Reader
from simulation.wifi_sessions import report
from simulation.wifi_sessions.network import PROGRAM
from simulation.wifi_sessions.plan import plan


class _Network(Simulation):
    program = PROGRAM
    with_data = report.WITH_DATA

    def plan(self, world: World) -> list[Matter]:
        return plan(world)

    def settled(self, findings: Findings) -> bool:
        return report.settled(findings)

    async def report(self, findings: Findings, reader: Reader) -> Report:
        return await report.report(findings, reader)


SIMULATION = _Network()
