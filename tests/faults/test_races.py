"""Many processes, each a client of its own, want the same company name at the same moment."""

import json
import multiprocessing
import socket
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from tests.faults.city import City
from tests.faults.racer import race
from tests.faults.reservations import fresh_name, reservation

pytestmark = pytest.mark.faults

ROUNDS = 200
RACERS_PER_API = 8
LIVE = b"GET /health/live HTTP/1.1\r\nhost: city\r\n\r\n"


def connected(city: City, count: int) -> list[socket.socket]:
    """So many connections to each API process. While one of them is made, only the process that
    is meant to take it runs; its answer shows that it did."""
    address = urlsplit(city.base_url)
    workers = [psutil.Process(pid) for pid in city.pids("api")]
    lines = []
    for chosen in workers:
        others = [worker for worker in workers if worker != chosen]
        for other in others:
            other.suspend()
        try:
            for _ in range(count):
                line = socket.create_connection((address.hostname, address.port), timeout=30)
                line.sendall(LIVE)
                assert line.recv(4096).startswith(b"HTTP/1.1 200 ")
                lines.append(line)
        finally:
            for other in others:
                other.resume()
    return lines


def raced(city: City, trade_names: list[str]) -> list[list[tuple[int, dict[str, Any]]]]:
    """The answers that each racer got, round by round."""
    lines = connected(city, RACERS_PER_API)
    processes = multiprocessing.get_context("forkserver")
    start = processes.Barrier(len(lines))
    bodies = [json.dumps(reservation(name)) for name in trade_names]
    racers, ends = [], []
    for n, line in enumerate(lines):
        end, results = processes.Pipe(duplex=False)
        token = city.token(f"racer-{n}", "citizen")
        racer = processes.Process(target=race, args=(line, start, token, bodies, results))
        racer.start()
        results.close()
        line.close()
        racers.append(racer)
        ends.append(end)
    came = [end.recv() for end in ends]
    for racer, end in zip(racers, ends, strict=True):
        racer.join()
        end.close()
        racer.close()
    return came


def test_of_sixteen_processes_that_race_for_a_name_one_gets_it_and_the_log_agrees(
    city: City,
) -> None:
    """Every round has one 201; all others are refused with 409 ``name-taken``. Afterwards each
    name is claimed by its winner's matter, and one reservation of it is in the log."""
    assert len(city.pids("api")) == 2
    race_id = fresh_name()
    names = [f"{race_id}{chr(0x5000 + n)}" for n in range(ROUNDS)]
    winners = {}
    winning_lines = set()
    for name, answers in zip(names, zip(*raced(city, names), strict=True), strict=True):
        won = [(n, body["id"]) for n, (status, body) in enumerate(answers) if status == 201]
        lost = [(status, body["code"]) for status, body in answers if status != 201]
        assert len(won) == 1, (name, answers)
        assert lost == [(409, "name-taken")] * (2 * RACERS_PER_API - 1)
        line, winners[name] = won[0]
        winning_lines.add(line // RACERS_PER_API)
    assert winning_lines == {0, 1}, "each API process has had winners"

    claims = {
        value: str(holder)
        for value, holder in city.sql(
            "SELECT value, holder FROM claims WHERE scope = 'company-name:330203'"
        )
        if race_id in value
    }
    held = {f"{name}:F": matter for name, matter in winners.items()}
    held |= {f"=宁波市海曙区{name}商贸有限公司": matter for name, matter in winners.items()}
    assert claims == held
    reserved = [
        (name, str(matter))
        for name, matter in city.sql(
            "SELECT convert_from(data, 'UTF8')::json -> 'name' ->> 'trade_name', stream_id"
            " FROM events WHERE type = 'company-registration.name-reserved.v1'"
        )
        if name.startswith(race_id)
    ]
    assert sorted(reserved) == sorted(winners.items())
