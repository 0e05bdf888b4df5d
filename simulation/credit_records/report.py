"""What the credit base did, from the events alone, held against the read models.

Records, profiles, public pages, lists, authorisations, requests, sources and the measures of lists
must be what the run's own events come to. A difference names a record, a company's own matter or a
department, never a person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from domain.credit_consequence import consequence_id
from domain.shared.instants import shanghai_date
from simulation.counting import counted
from simulation.credit_records import checks
from simulation.credit_records.checks import Contributions, File, Found, Key
from simulation.credit_records.reckoning import contributed_late, told
from simulation.credit_records.subjects import PROGRAM
from simulation.matters import Played
from simulation.programme import Figure, Findings, Report, Table
from simulation.reading import Reader

_RECORDS = tuple(f"{PROGRAM}/{kind}/" for kind in ("record", "objection", "repair", "listing"))

WITH_DATA = frozenset(
    {
        "credit-consequence.measure-confirmed",
        *(
            f"{PROGRAM}.{name}"
            for name in (
                "subject-opened",
                "record-contributed",
                "listing-notified",
                "subject-listed",
                "subject-delisted",
                "objection-raised",
                "record-corrected",
                "record-repaired",
                "record-withdrawn",
                "removal-confirmed",
                "contribution-rejected",
                "report-refused",
                "clock-breached",
            )
        ),
    }
)

_COUNTED = (
    ("contributed", "record-contributed", "归集信息", "records contributed"),
    ("rejected", "contribution-rejected", "退回信息", "contributions rejected"),
    ("published", "record-published", "公示", "records published"),
    ("objections", "objection-raised", "异议", "objections"),
    ("corrected", "record-corrected", "更正", "records corrected"),
    ("withdrawn", "record-withdrawn", "撤销", "records withdrawn"),
    ("repaired", "record-repaired", "信用修复", "records repaired"),
    ("notified", "listing-notified", "列入告知", "notices of a listing"),
    ("listed", "subject-listed", "列入名单", "listings, black and red"),
    ("delisted", "subject-delisted", "移出名单", "ends of a listing"),
    ("reports", "report-issued", "查询报告", "reports issued"),
    ("reports_refused", "report-refused", "拒绝查询", "reports refused"),
    ("breached", "clock-breached", "超期", "limits passed"),
)


async def contributions_of(reader: Reader, position: int = 0) -> Contributions:
    """What the sources' read model says, by department and day."""
    rows = await reader.rows("contributions", min_position=position)
    return {
        (row["department"], row["day"]): (row["received"], row["rejected"], row["late"])
        for row in rows
    }


def records(findings: Findings) -> list[Found]:
    """The run's records with their events and those of the measures that follow."""
    found = []
    for one in findings.played:
        if one.id is None or not one.matter.name.startswith(_RECORDS):
            continue
        if stream := findings.events.get(one.id, ()):
            process = findings.events.get(consequence_id(one.id), ())
            found.append(Found(one.id, stream, process, told(stream, process)))
    return found


def files(findings: Findings) -> list[File]:
    """The run's subjects with their events, by the key that stands for them."""
    found = []
    for one in _of(findings, "subject"):
        stream = findings.events.get(one.id, ()) if one.id else ()
        if one.id and stream:
            company = one.matter.about["company"]
            found.append(File(one.id, stream[0].data["subject"], company, stream))
    return found


def _of(findings: Findings, kind: str) -> list[Played]:
    begins = f"{PROGRAM}/{kind}/"
    return [one for one in findings.played if one.matter.name.startswith(begins)]


def settled(findings: Findings) -> bool:
    """Whether the measures of every list follow what its record says."""
    return not any(checks.owed(one) for one in records(findings))


async def report(findings: Findings, reader: Reader) -> Report:
    """Figures, tables, and every difference."""
    all_records, all_files = records(findings), files(findings)
    grown = _contributed(findings)
    calendar, last = findings.world.calendar, findings.last
    after = await contributions_of(reader, last)
    issued = [one.id for one in _of(findings, "authorisation") if one.id]
    return Report(
        program=PROGRAM,
        zh="公共信用信息",
        en="Credit records",
        figures=tuple(_figures(findings, all_records, all_files, grown)),
        tables=(_sources(grown), _lists(all_records)),
        differences=(
            *checks.owed_by_all(all_records),
            *checks.two_colours(all_records),
            *checks.term_faults(all_records, calendar),
            *checks.limit_faults(all_records, calendar),
            *checks.source_faults(findings.before, grown, after),
            *await checks.record_faults(all_records, reader, last),
            *await checks.profile_faults(all_files, all_records, reader, last),
            *await checks.page_faults(all_files, all_records, reader, last),
            *await checks.list_faults(all_files, all_records, reader, last),
            *await checks.request_faults(all_files, reader, last),
            *await checks.authorisation_faults(issued, findings.events, reader, last),
            *await checks.measure_faults(all_records, reader, last),
            *await checks.act_faults(all_records, reader, last),
        ),
    )


def _contributed(findings: Findings) -> Mapping[Key, tuple[int, int, int]]:
    """Received, rejected and late by department and day, whoever's matter it was."""
    received: Counter[Key] = Counter()
    rejected: Counter[Key] = Counter()
    late: Counter[Key] = Counter()
    for stream in findings.events.values():
        for e in stream:
            if not e.type.startswith(f"{PROGRAM}."):
                break
            if e.name == "record-contributed":
                key = (e.data["source"], str(shanghai_date(e.at)))
                received[key] += 1
                late[key] += contributed_late(e, findings.world.calendar)
            elif e.name == "contribution-rejected":
                rejected[e.data["department"], e.data["day"]] += 1
    keys = received.keys() | rejected.keys()
    return {key: (received[key], rejected[key], late[key]) for key in keys}


def _figures(
    findings: Findings,
    all_records: Sequence[Found],
    all_files: Sequence[File],
    grown: Mapping[Key, tuple[int, int, int]],
) -> Iterable[Figure]:
    streams = [*(one.stream for one in all_records), *(one.stream for one in all_files)]
    names = Counter(e.name for stream in streams for e in stream)
    names["contribution-rejected"] = sum(rejected for _, rejected, _ in grown.values())
    yield Figure("subjects", "信用主体", "subjects", len(all_files))
    yield from counted(_COUNTED, names)
    late = sum(one for _, _, one in grown.values())
    yield Figure("late", "逾期归集", "contributed late", late)
    confirmed = sum(e.name == "measure-confirmed" for one in all_records for e in one.process)
    yield Figure("measures", "措施落实", "measures confirmed", confirmed)
    granted = sum(
        any(e.name == "authorisation-granted" for e in findings.events.get(one.id, ()))
        for one in _of(findings, "authorisation")
        if one.id
    )
    yield Figure("authorisations", "查询授权", "authorisations granted", granted)


def _sources(grown: Mapping[Key, tuple[int, int, int]]) -> Table:
    by_source: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for (source, _), counts in grown.items():
        by_source[source] = [a + b for a, b in zip(by_source[source], counts, strict=True)]
    rows = [
        {"department": source, "received": received, "rejected": rejected, "late": late}
        for source, (received, rejected, late) in sorted(by_source.items())
    ]
    columns = (
        ("department", "部门", "department"),
        ("received", "归集", "received"),
        ("rejected", "退回", "rejected"),
        ("late", "逾期", "late"),
    )
    return Table("各来源部门", "By source", columns, tuple(rows))


def _lists(all_records: Sequence[Found]) -> Table:
    entered = Counter(
        (one.told.list or "", e.name)
        for one in all_records
        for e in one.stream
        if e.name in ("subject-listed", "subject-delisted")
    )
    standing = Counter(one.told.list for one in all_records if one.told.listed)
    rows = [
        {
            "list": code,
            "entered": entered[code, "subject-listed"],
            "left": entered[code, "subject-delisted"],
            "standing": standing[code],
        }
        for code in sorted({code for code, _ in entered})
    ]
    columns = (
        ("list", "名单", "list"),
        ("entered", "列入", "entered"),
        ("left", "移出", "left"),
        ("standing", "在列", "standing"),
    )
    return Table("各名单", "By list", columns, tuple(rows))
