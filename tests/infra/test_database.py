"""Every error that psycopg knows has a meaning here, and no meaning repeats what it said."""

from collections.abc import Iterator

import psycopg
import psycopg_pool
import pytest
from psycopg import errors

from infra import database
from infra.errors import (
    BadRequest,
    HuiminError,
    Misconfigured,
    StoreUnavailable,
    VersionConflict,
)

SECRET = "Key (value)=(Zhang Wei) already exists"


def all_errors(base: type[psycopg.Error] = psycopg.Error) -> Iterator[type[psycopg.Error]]:
    """The class and all classes below it; the pool's are there because it is imported."""
    yield base
    for below in base.__subclasses__():
        yield from all_errors(below)


@pytest.mark.parametrize("error", sorted(set(all_errors()), key=str))
def test_each_error_of_psycopg_becomes_one_of_ours_without_its_text(
    error: type[psycopg.Error],
) -> None:
    with pytest.raises(HuiminError) as told, database.translated():
        raise error(SECRET)
    assert "Zhang" not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (psycopg.OperationalError, StoreUnavailable),
        (psycopg.InterfaceError, StoreUnavailable),
        (psycopg_pool.PoolTimeout, StoreUnavailable),
        (errors.AdminShutdown, StoreUnavailable),
        (errors.CannotConnectNow, StoreUnavailable),
        (errors.DiskFull, StoreUnavailable),
        (errors.OutOfMemory, StoreUnavailable),
        (errors.TooManyConnections, StoreUnavailable),
        (errors.ReadOnlySqlTransaction, StoreUnavailable),
        (errors.SerializationFailure, StoreUnavailable),
        (errors.DeadlockDetected, StoreUnavailable),
        (errors.LockNotAvailable, StoreUnavailable),
        (errors.QueryCanceled, StoreUnavailable),
        (errors.IoError, StoreUnavailable),
        (errors.DataCorrupted, StoreUnavailable),
        (errors.UniqueViolation, VersionConflict),
        (errors.ExclusionViolation, VersionConflict),
        (errors.CharacterNotInRepertoire, BadRequest),
        (errors.UntranslatableCharacter, BadRequest),
        (errors.NumericValueOutOfRange, BadRequest),
        (errors.UndefinedTable, Misconfigured),
        (errors.UndefinedFunction, Misconfigured),
        (errors.InsufficientPrivilege, Misconfigured),
        (errors.InvalidPassword, Misconfigured),
        (errors.InvalidCatalogName, Misconfigured),
        (errors.FeatureNotSupported, Misconfigured),
        (errors.SyntaxError, HuiminError),
        (errors.CheckViolation, HuiminError),
        (errors.ForeignKeyViolation, HuiminError),
    ],
)
def test_the_meaning_of_an_error_follows_from_what_can_be_done_about_it(
    error: type[psycopg.Error], meaning: type[HuiminError]
) -> None:
    assert type(database.translate(error())) is meaning
