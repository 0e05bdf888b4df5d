"""A city's credit base as departments, subjects and readers live it; nothing outside knows of it.

``sources`` has the departments, ``subjects`` the files, ``story`` how a record's story is written;
``contributions``, ``objections``, ``repairs``, ``listings`` with ``measures``, and ``queries`` write
them, ``plan`` takes them together. ``reckoning`` and ``limits`` say anew what came of it, ``checks``
holds the read models against that, ``report`` counts.
"""

from simulation.credit_records import report
from simulation.credit_records.plan import plan
from simulation.credit_records.subjects import PROGRAM
from simulation.programme import Simulation

SIMULATION = Simulation(
    program=PROGRAM,
    plan=plan,
    settled=report.settled,
    report=report.report,
    before=report.contributions_of,
    with_data=report.WITH_DATA,
)
