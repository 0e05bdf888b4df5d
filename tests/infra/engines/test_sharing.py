"""The engines that all tests share, and the namespace that keeps the tests apart."""

import nats
import psycopg
from psycopg import sql


def test_the_shared_database_answers_and_keeps_checksums(database_url: str) -> None:
    with psycopg.connect(database_url) as database:
        assert database.execute("SHOW data_checksums").fetchone() == ("on",)
        assert database.execute("SHOW server_encoding").fetchone() == ("UTF8",)


async def test_a_stream_can_be_made_in_the_citys_account(nats_url: str, namespace: str) -> None:
    client = await nats.connect(nats_url)
    await client.jetstream().add_stream(
        name=f"{namespace.upper()}_EVENTS", subjects=[f"{namespace}.>"]
    )
    answer = await client.jetstream().publish(f"{namespace}.events", b"1")
    assert answer.seq == 1
    await client.close()


def test_a_schema_can_be_made_and_goes_with_its_namespace(
    database_url: str, namespace: str
) -> None:
    with psycopg.connect(database_url) as database:
        database.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(namespace)))
