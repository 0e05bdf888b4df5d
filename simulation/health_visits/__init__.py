"""A day at the city's clinics; nothing outside this package knows of it.

``clinics`` has the houses and doctors' days, ``patients`` the people and their archives,
``ailments`` what they have; ``queue`` plays a half-day, ``days`` and ``treating`` write visits,
``stays``, ``referring`` and ``after`` what lies behind and follows them, ``plan`` all of it.
``reckoning``, ``checks``, ``following`` and ``report`` say what came of it.
"""

from simulation.health_visits import checks, report
from simulation.health_visits.plan import plan
from simulation.health_visits.story import PROGRAM
from simulation.programme import Simulation

SIMULATION = Simulation(
    program=PROGRAM,
    plan=plan,
    settled=report.settled,
    report=report.report,
    before=checks.before,
    with_data=report.WITH_DATA,
)
