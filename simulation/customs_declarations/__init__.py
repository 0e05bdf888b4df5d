"""Cross-border trade as a bonded zone lives it; nothing outside this package knows of it.

``trade`` has the firms and goods, ``orders`` one order's story, ``plan`` all of them, ``report``
what came of them.
"""

from simulation.customs_declarations import report
from simulation.customs_declarations.orders import PROGRAM
from simulation.customs_declarations.plan import plan
from simulation.programme import Simulation

SIMULATION = Simulation(
    program=PROGRAM,
    plan=plan,
    settled=report.settled,
    report=report.report,
    with_data=report.WITH_DATA,
)
