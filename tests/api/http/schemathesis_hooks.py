"""What Schemathesis is told about this API beyond its schema."""

import itertools
import re
from typing import Any

import schemathesis

ETAG = re.compile(r'"[0-9]{1,18}"|\*')
KEY = re.compile(r"[!-~]([ -~]{0,100}[!-~])?")
LONGEST_WAIT_SECONDS = 0.2
numbers = itertools.count()


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Its coverage phase knows only letters and digits in headers, so it takes a bare 0 for an
    entity tag that fits the pattern; and no cursor can be made up. Bad ones of both are in
    test_bad_input and test_queries."""
    sent = (case.headers or {}).get("If-Match")
    if sent is not None and ETAG.fullmatch(str(sent)) is None:
        return False
    return not any(isinstance(given, dict) and given.get("cursor") for given in _given(case))


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Nobody needs to wait half a minute for a position that never comes; and a good key is made
    another one each time, or nearly every command would be a retry of the one before."""
    for given in _given(case):
        wait = given.get("wait", 2) if isinstance(given, dict) else None
        if isinstance(wait, int | float) and 0 <= wait <= 30:
            given["wait"] = min(wait, LONGEST_WAIT_SECONDS)
    key = (case.headers or {}).get("Idempotency-Key")
    if key is not None and KEY.fullmatch(str(key)):
        case.headers["Idempotency-Key"] = f"{key}{next(numbers)}"


def _given(case: Any) -> list[Any]:
    """Where a query's parameters stand."""
    if not case.path.startswith(("/queries/", "/audit/")):
        return []
    return [case.query if case.method == "GET" else case.body]
