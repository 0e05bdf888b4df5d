"""The ``huimin`` command: every subcommand in one tree."""

import typer

from api.cli import audit, dead_letters, doctor, events, projections, simulate, stream, tokens
from api.cli import city as city_commands
from api.cli.console import Told


def build(city: city_commands.City) -> typer.Typer:
    """The whole command."""
    app = typer.Typer(
        name="huimin",
        cls=Told,
        help="惠民：城市公共服务后端 · the backend a city runs its public services on.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    city_commands.add(app, city)
    doctor.add(app)
    simulate.add(app, city.play, city.up, city.simulated)
    app.add_typer(projections.app, name="projections")
    app.add_typer(stream.app, name="stream")
    app.add_typer(dead_letters.app, name="dead-letters")
    app.add_typer(audit.app, name="audit")
    app.add_typer(events.app, name="events")
    app.add_typer(tokens.app, name="token")
    return app
