"""A city's credit base as departments, subjects and readers live it; nothing outside knows of it.

``sources`` has the departments, ``subjects`` the files, ``story`` how a record's story is written;
``contributions``, ``objections``, ``repairs``, ``listings`` with ``measures``, and ``queries`` write
them, ``plan`` takes them together. ``reckoning`` and ``limits`` say anew what came of it, ``checks``
holds the read models against that, ``report`` counts.
"""

from typing import Any

from simulation.credit_records import report
from simulation.credit_records.plan import plan
from simulation.credit_records.subjects import PROGRAM
from simulation.matters import Matter
from simulation.programme import Findings, Report, Simulation, World
from simulation.reading import Reader


class _Credit(Simulation):
    program = PROGRAM
    with_data = report.WITH_DATA

    def plan(self, world: World) -> list[Matter]:
        return plan(world)

    async def before(self, reader: Reader) -> Any:
        return await report.contributions_of(reader)

    def settled(self, findings: Findings) -> bool:
        return report.settled(findings)

    async def report(self, findings: Findings, reader: Reader) -> Report:
        return await report.report(findings, reader)


SIMULATION = _Credit()
