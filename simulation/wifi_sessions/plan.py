"""All that happens to the city's WiFi on the days, from what its parts make."""

from simulation.matters import Matter
from simulation.office import local
from simulation.programme import World
from simulation.wifi_sessions import crowd, police
from simulation.wifi_sessions.crowd import Crowd
from simulation.wifi_sessions.equipment import lives
from simulation.wifi_sessions.network import network_of


def plan(world: World) -> list[Matter]:
    """A function of the world."""
    network = network_of(world)
    guests = Crowd(world, network)
    crowd.plain(guests)
    crowd.cut_off_by_restarts(guests)
    crowd.shared_numbers(guests)
    crowd.in_two_places(guests)
    crowd.ordered_off(guests)
    blocks = list(crowd.blocked(guests))
    floods = list(crowd.floods(guests))
    end = local(world.today, 0)
    written = [visit.matter(end) for visit in guests.visits]
    pairs = zip(guests.visits, written, strict=True)
    known = [one for pair in pairs if (one := police.traced(*pair)) is not None]
    return [
        *lives(world, network),
        *(matter for matter in written if matter is not None),
        *blocks,
        *floods,
        *police.requests(world, network, known),
        *police.held_by_law(world, known),
    ]
