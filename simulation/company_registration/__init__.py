"""Company registration as a real office lives it; nothing outside this package knows of it.

``timeline`` says when what happens, ``plan`` makes commands of it, ``report`` tells from the log
what came of them.
"""

from simulation.company_registration import report
from simulation.company_registration.plan import plan
from simulation.programme import Simulation

SIMULATION = Simulation(
    program=report.PROGRAM,
    plan=plan,
    settled=report.settled,
    report=report.report,
    before=report.wall_of,
    with_data=report.WITH_DATA,
)
