"""A day at the city's clinics; nothing outside this package knows of it.

``clinics`` has the houses and doctors' days, ``patients`` the people and their archives,
``ailments`` what they have; ``queue`` plays a half-day, ``days`` and ``treating`` write visits,
``stays``, ``referring`` and ``after`` what lies behind and follows them, ``plan`` all of it.
``reckoning``, ``checks``, ``following`` and ``report`` say what came of it.
"""

from simulation.health_visits import checks, report
from simulation.health_visits.plan import plan
from simulation.health_visits.story import PROGRAM
from simulation.matters import Matter
from simulation.programme import Findings, Report, Simulation, World
from simulation.reading import Reader


class _Clinics(Simulation):
    program = PROGRAM
    with_data = report.WITH_DATA

    def plan(self, world: World) -> list[Matter]:
        return plan(world)

    async def before(self, reader: Reader) -> checks.Before:
        return await checks.before(reader)

    def settled(self, findings: Findings) -> bool:
        return report.settled(findings)

    async def report(self, findings: Findings, reader: Reader) -> Report:
        return await report.report(findings, reader)


SIMULATION = _Clinics()
