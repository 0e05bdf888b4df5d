"""Care of the city's elders as it is lived for some days; nothing outside this package knows of it.

``houses`` has who gives care, ``elders`` who needs it, ``orders`` an order's way to a provider with
what becomes of it in ``arriving`` and ``living``, ``visits`` one visit and ``timetable`` all of
them, ``offices`` what is done at desks, ``plan`` the whole; ``reckoning`` and ``report`` what came of
it.
"""

from simulation.care_orders import report
from simulation.care_orders.houses import PROGRAM
from simulation.care_orders.plan import plan
from simulation.programme import Simulation

SIMULATION = Simulation(
    program=PROGRAM,
    plan=plan,
    settled=report.settled,
    report=report.report,
    before=report.coverage_now,
    with_data=report.WITH_DATA,
)
