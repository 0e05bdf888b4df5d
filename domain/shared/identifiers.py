"""Who someone is: numbers and names of people, with their checks and their masks.

Relies on python-stdnum for check characters and phonenumbers for telephones. Each type is a plain
``str`` with a validator, so a value costs nothing once it is in. What may surprise: stdnum's own
``ric.validate`` is not used, because it takes the division for one of the year of birth and so
refuses most people who are older than their district's number (all of Haishu born before 1983).
"""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal

import phonenumbers
from pydantic import AfterValidator, ValidationInfo, WithJsonSchema
from stdnum.cn import ric

from domain.shared.checks import bad, is_stored, judged_by
from domain.shared.districts import is_county
from domain.shared.industries import IndustryCode, section
from domain.shared.uscc import OrganisationUscc, Uscc, UsccKind, make_uscc, uscc_division, uscc_kind

__all__ = [
    "IndustryCode",
    "Mobile",
    "OfficerId",
    "OrganisationUscc",
    "PersonName",
    "ResidentId",
    "SubjectRef",
    "Uscc",
    "UsccKind",
    "age_on",
    "make_resident_id",
    "make_uscc",
    "mask_mobile",
    "mask_person_name",
    "mask_resident_id",
    "resident_id_birthdate",
    "resident_id_sex",
    "section",
    "uscc_division",
    "uscc_kind",
]

# --- resident id -------------------------------------------------------------------------------

_RESIDENT_ID = re.compile("[1-8][0-9]{16}[0-9X]")


def _resident_id(value: str, info: ValidationInfo[Any]) -> str:
    if is_stored(info):
        return value
    number = value.strip().upper()
    if not _RESIDENT_ID.fullmatch(number):
        bad("bad-resident-id", "A resident id is 17 digits and a digit or X")
    if number[17] != ric.calc_check_digit(number):
        bad("bad-resident-id", "The last character does not fit the others")
    if not is_county(number[:6]):
        bad("bad-resident-id", "No division has these first six digits")
    try:
        born = resident_id_birthdate(number)
    except ValueError:
        born = None
    if born is None or born.year < 1850:
        bad("bad-resident-id", "The date of birth inside is no date")
    today = (info.context or {}).get("today")
    if today is not None and born > today:
        bad("bad-resident-id", "The date of birth inside lies in the future")
    return number


ResidentId = Annotated[
    str,
    AfterValidator(_resident_id),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[1-8][0-9]{16}[0-9X]$",
            "description": "Resident identity number, GB 11643",
            "examples": ["330203199001011236"],
        }
    ),
]
"""Citizen's number of GB 11643: division (known in any year), date, check; code
``bad-resident-id``. A value may not read a clock: whether the date lies in the future is judged
against ``context={"today": date}`` when given, else by who compares ``resident_id_birthdate``."""


def resident_id_birthdate(resident_id: str) -> date:
    """The date of birth inside. Raises ValueError when the digits are no date."""
    return date(int(resident_id[6:10]), int(resident_id[10:12]), int(resident_id[12:14]))


def resident_id_sex(resident_id: str) -> Literal["male", "female"]:
    """The sex inside: the 17th digit is odd for men."""
    return "male" if int(resident_id[16]) % 2 else "female"


def make_resident_id(division: str, born: date, order: int) -> str:
    """A number with its check character, for simulation and tests; ``order`` is 0 to 999."""
    body = f"{division}{born:%Y%m%d}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


def mask_resident_id(resident_id: str) -> str:
    """``330203********1234``: the division and the last four, never the birthday."""
    return f"{resident_id[:6]}********{resident_id[-4:]}"


def age_on(born: date, day: date) -> int:
    """Full years of age (周岁) on a day; someone born on 29 February turns on 1 March."""
    if isinstance(day, datetime):
        raise TypeError("an age is counted to a day of the city, not to an instant")
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


# --- person's name -----------------------------------------------------------------------------

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_PERSON_NAME = re.compile(f"[{_HAN}{_LATIN}]+(?:(?:[·\\-' ]|\\. )[{_HAN}{_LATIN}]+)*\\.?")
# What keyboards and other systems put for the middle dot of a transliterated name.
_DOTS = str.maketrans(dict.fromkeys("\u2022\u2027\u2219\u22c5\u30fb\uff65\u2024", "·"))

_COMPOUND_SURNAMES = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 "
    "太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 "
    "漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 梁丘 左丘 东门 "
    "西门 第五 歐陽 司馬 諸葛"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND_SURNAMES.split())
"""Surnames of two characters, for the mask."""


def _person_name(value: str) -> str:
    name = unicodedata.normalize("NFC", value).strip().translate(_DOTS)
    if not 1 <= len(name) <= 50:
        bad("person-name-malformed", "A name has 1 to 50 characters")
    if not _PERSON_NAME.fullmatch(name):
        bad("person-name-malformed", "A name is Han or Latin letters, with · between its parts")
    return name


PersonName = Annotated[
    str,
    judged_by(_person_name),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": 50,
            "description": "A person's name, Han or Latin letters, · between parts",
            "examples": ["王明"],
        }
    ),
]
"""A name, trimmed and in NFC, its dot always U+00B7; code ``person-name-malformed``. Latin names
may hold single spaces, hyphens and apostrophes between their parts."""


def mask_person_name(name: str) -> str:
    """``王*``, ``王*明``, ``欧阳**``, ``阿***·***``, ``J*** S****``; one character gives ``*``.

    A Han name of three keeps its last character; a two-character surname is kept whole; of all
    other names the first character is kept, and what stands between the parts.
    """
    if len(name) == 1:
        return "*"
    if re.fullmatch(f"[{_HAN}]+", name) and len(name) <= 4:
        if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
            return name[:2] + "*" * (len(name) - 2)
        return name[0] + ("*" if len(name) == 2 else "*" * (len(name) - 2) + name[-1])
    if "·" in name or not re.fullmatch(f"[{_LATIN} ]+", name):
        return name[0] + re.sub("[^·]", "*", name[1:])
    return re.sub(f"(?<=[{_LATIN}])[{_LATIN}]", "*", name)


# --- mobile ------------------------------------------------------------------------------------

_MOBILE_KINDS = frozenset(
    {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
)


def _mobile(value: str) -> str:
    if len(value) > 40:
        bad("bad-mobile", "Not a mobile number")
    try:
        number = phonenumbers.parse(value, "CN")
    except phonenumbers.NumberParseException:
        bad("bad-mobile", "Not a telephone number")
    # An invalid number is of kind UNKNOWN, so this one question judges both.
    if phonenumbers.number_type(number) not in _MOBILE_KINDS or number.extension:
        bad("bad-mobile", "Not a mobile number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


Mobile = Annotated[
    str,
    judged_by(_mobile),
    WithJsonSchema(
        {
            "type": "string",
            "description": "Mobile number; without a country code it is one of mainland China",
            "examples": ["+8613812345678", "13812345678"],
        }
    ),
]
"""A mobile number in E.164, ``+8613812345678``; foreign ones need their country code; code
``bad-mobile``."""


def mask_mobile(mobile: str) -> str:
    """``138****5678`` for a Chinese number, else ``+852****4567``: country and last digits."""
    if mobile.startswith("+86") and len(mobile) == 14:
        return f"{mobile[3:6]}****{mobile[-4:]}"
    country = f"+{phonenumbers.parse(mobile).country_code}"
    kept = 4 if len(mobile) - len(country) >= 8 else 2
    return f"{country}****{mobile[-kept:]}"


# --- officers and subjects ---------------------------------------------------------------------

_OFFICER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/|-]{0,127}")
_SUBJECT = re.compile("[0-9a-f]{32,64}")


def _officer_id(value: str) -> str:
    if not _OFFICER.fullmatch(value):
        bad("officer-id-malformed", "An officer's id is the subject of a token")
    return value


def _subject_ref(value: str) -> str:
    if not _SUBJECT.fullmatch(value):
        bad("subject-ref-malformed", "A subject is 32 to 64 hexadecimal digits, never an identity")
    return value


OfficerId = Annotated[
    str,
    judged_by(_officer_id),
    WithJsonSchema(
        {"type": "string", "pattern": f"^{_OFFICER.pattern}$", "examples": ["officer-7"]}
    ),
]
"""Who acts for a department: the subject of the bearer token; code ``officer-id-malformed``."""

SubjectRef = Annotated[
    str,
    judged_by(_subject_ref),
    WithJsonSchema({"type": "string", "pattern": f"^{_SUBJECT.pattern}$"}),
]
"""Keyed hash of an identity, stable, never the identity; code ``subject-ref-malformed``."""
