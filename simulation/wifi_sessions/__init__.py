"""Free WiFi as one access platform sees it; nothing outside this package knows of it.

``network`` has the hotspots and what goes wrong with their access points, ``visit`` one device's
time online, ``crowd`` who comes when, ``police`` what the law asks, ``plan`` all of it, ``report``
what came of it.
"""

from simulation.programme import Simulation
from simulation.wifi_sessions import report
from simulation.wifi_sessions.network import PROGRAM
from simulation.wifi_sessions.plan import plan

SIMULATION = Simulation(
    program=PROGRAM,
    plan=plan,
    settled=report.settled,
    report=report.report,
    with_data=report.WITH_DATA,
)
