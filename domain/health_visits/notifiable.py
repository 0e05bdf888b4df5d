"""Which diagnoses have to be reported to disease control, in which class, since when.

Source: Infectious Diseases Law, as revised in 2025, art. 3, with the notices that brought diseases
in or moved them. The usual number of cases a year is the city's mean of earlier years, rounded,
for a comparison and nothing else.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.health_visits import limits
from domain.shared.clocks import Limit


class DiseaseClass(StrEnum):
    """The law's classes. ``as_a`` of a disease says whether it is managed like class A."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Disease:
    """Diagnoses that begin with one of ``codes``, in force on ``since`` and before ``until``."""

    name: str
    zh: str
    disease_class: DiseaseClass
    codes: tuple[str, ...]
    usual_a_year: int
    as_a: bool = False
    since: date = date(1989, 9, 1)
    until: date | None = None

    @property
    def limit(self) -> Limit:
        """Within what it has to be reported."""
        urgent = self.disease_class is DiseaseClass.A or self.as_a
        return limits.NOTIFIABLE_CLASS_A if urgent else limits.NOTIFIABLE.limit

    @property
    def usual_thousandths(self) -> int:
        """Cases that one of ten districts usually has in a day, in thousandths, rounded."""
        return round(self.usual_a_year * 1000 / 365 / 10)


A, B, C = DiseaseClass
# More exact codes come before the categories that hold them.
DISEASES: tuple[Disease, ...] = (
    Disease("plague", "鼠疫", A, ("A20",), 0),
    Disease("cholera", "霍乱", A, ("A00",), 1),
    Disease("pulmonary-anthrax", "肺炭疽", B, ("A22.1",), 0, as_a=True),
    Disease("anthrax", "炭疽", B, ("A22",), 1),
    Disease("sars", "传染性非典型肺炎", B, ("U04",), 0, as_a=True),
    Disease(
        "covid-19",
        "新型冠状病毒感染",
        B,
        ("U07.1", "U07.2"),
        900,
        as_a=True,
        since=date(2020, 1, 20),
        until=date(2023, 1, 8),
    ),
    Disease("covid-19", "新型冠状病毒感染", B, ("U07.1", "U07.2"), 9000, since=date(2023, 1, 8)),
    Disease("mpox", "猴痘", B, ("B04",), 12, since=date(2023, 9, 20)),
    Disease("hiv", "艾滋病", B, ("B20", "B21", "B22", "B23", "B24", "Z21"), 460),
    Disease("viral-hepatitis", "病毒性肝炎", B, ("B15", "B16", "B17", "B18", "B19"), 5200),
    Disease("poliomyelitis", "脊髓灰质炎", B, ("A80",), 0),
    Disease("avian-influenza", "人感染高致病性禽流感", B, ("J09",), 1),
    Disease("measles", "麻疹", B, ("B05",), 20),
    Disease("haemorrhagic-fever", "流行性出血热", B, ("A98.5",), 60),
    Disease("rabies", "狂犬病", B, ("A82",), 1),
    Disease("japanese-encephalitis", "流行性乙型脑炎", B, ("A83.0",), 4),
    Disease("dengue", "登革热", B, ("A90", "A91", "A97"), 40),
    Disease("dysentery", "细菌性和阿米巴性痢疾", B, ("A03", "A06.0"), 240),
    Disease("tuberculosis", "肺结核", B, ("A15", "A16", "A19"), 3600),
    Disease("typhoid", "伤寒和副伤寒", B, ("A01",), 60),
    Disease("meningococcal", "流行性脑脊髓膜炎", B, ("A39",), 2),
    Disease("pertussis", "百日咳", B, ("A37",), 180),
    Disease("diphtheria", "白喉", B, ("A36",), 0),
    Disease("neonatal-tetanus", "新生儿破伤风", B, ("A33",), 0),
    Disease("scarlet-fever", "猩红热", B, ("A38",), 300),
    Disease("brucellosis", "布鲁氏菌病", B, ("A23",), 15),
    Disease("gonorrhoea", "淋病", B, ("A54",), 2300),
    Disease("syphilis", "梅毒", B, ("A50", "A51", "A52", "A53"), 4100),
    Disease("leptospirosis", "钩端螺旋体病", B, ("A27",), 3),
    Disease("schistosomiasis", "血吸虫病", B, ("B65",), 1),
    Disease("malaria", "疟疾", B, ("B50", "B51", "B52", "B53", "B54"), 25),
    Disease("influenza", "流行性感冒", C, ("J10", "J11"), 21000),
    Disease("mumps", "流行性腮腺炎", C, ("B26",), 1500),
    Disease("rubella", "风疹", C, ("B06",), 30),
    Disease("haemorrhagic-conjunctivitis", "急性出血性结膜炎", C, ("B30.3",), 90),
    Disease("leprosy", "麻风病", C, ("A30",), 0),
    Disease("typhus", "流行性和地方性斑疹伤寒", C, ("A75",), 4),
    Disease("leishmaniasis", "黑热病", C, ("B55",), 0),
    Disease("echinococcosis", "包虫病", C, ("B67",), 1),
    Disease("filariasis", "丝虫病", C, ("B74",), 0),
    Disease("infectious-diarrhoea", "其他感染性腹泻病", C, ("A02", "A04", "A08", "A09"), 14000),
    Disease("hand-foot-mouth", "手足口病", C, ("B08.4",), 18000, since=date(2008, 5, 2)),
)


def notifiable(code: str, day: date) -> Disease | None:
    """The disease that a diagnosis has to be reported as on a day; None when it need not be."""
    for disease in DISEASES:
        in_force = disease.since <= day and (disease.until is None or day < disease.until)
        if in_force and code.startswith(disease.codes):
            return disease
    return None


def usual_thousandths(disease: str) -> int:
    """Cases of a disease that a district usually has in a day, in thousandths; 0 for an unlisted."""
    return next((d.usual_thousandths for d in reversed(DISEASES) if d.name == disease), 0)
