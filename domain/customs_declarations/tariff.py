"""The positive list (正面清单) and the rates, as dated data: what may come in, at which tax.

An extract of the list for running and testing, goods that make up most of such imports; the whole
list has 1,476 lines and is the same kind of data. Sources: the lists of 2016 (two batches, 2016
announcements No. 40 and 47), 2018 No. 157, 2019 No. 96 and 2022 No. 7; value added tax by 财税〔2018〕
32号 and 财政部 税务总局 海关总署公告2019年第39号; consumption tax on high-end cosmetics by 财税〔2016〕103号.
What may surprise: goods with a consumption tax by weight or volume (beer, spirits) are left out,
since the brief's formula knows only rates.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import WithJsonSchema

from domain.shared.checks import bad, judged_by

Dated = tuple[tuple[date, int], ...]
"""Since when which rate, in millionths, ascending."""

BEGAN = date(2016, 4, 8)
L2019, L2020, L2022 = date(2019, 1, 1), date(2020, 1, 1), date(2022, 3, 1)
LISTS = (BEGAN, L2019, L2020, L2022)
"""When a new list came into force."""

STANDARD: Dated = ((BEGAN, 170_000), (date(2018, 5, 1), 160_000), (date(2019, 4, 1), 130_000))
REDUCED: Dated = (
    (BEGAN, 130_000),
    (date(2017, 7, 1), 110_000),
    (date(2018, 5, 1), 100_000),
    (date(2019, 4, 1), 90_000),
)
NONE: Dated = ((BEGAN, 0),)
COSMETICS: Dated = ((BEGAN, 300_000), (date(2016, 10, 1), 150_000))
WINE: Dated = ((BEGAN, 100_000),)
WATCH: Dated = ((BEGAN, 200_000),)
BALL: Dated = ((BEGAN, 100_000),)


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list. ``duty_ppm`` is the most-favoured-nation rate; ``bonded_only`` goods may
    come in through a bonded zone only."""

    hs_code: str
    name: str
    duty_ppm: int
    vat: Dated = STANDARD
    consumption: Dated = NONE
    since: date = BEGAN
    until: date | None = None
    bonded_only: bool = False


_LINES = (
    Listed("0402210000", "未加糖乳粉", 100_000),
    Listed("0409000000", "天然蜂蜜", 150_000, REDUCED),
    Listed("0802120000", "去壳扁桃仁", 100_000, REDUCED),
    Listed("0810500000", "鲜猕猴桃", 200_000, REDUCED, since=L2019, bonded_only=True),
    Listed("0811909090", "冷冻水果", 300_000, REDUCED, since=L2020, bonded_only=True),
    Listed("0901210000", "已焙炒咖啡", 150_000),
    Listed("1509200000", "特级初榨油橄榄油", 100_000, REDUCED, since=L2022),
    Listed("1509100000", "初榨油橄榄油", 100_000, REDUCED, until=L2022),
    Listed("1806310000", "夹心巧克力", 80_000),
    Listed("1806320000", "不夹心巧克力", 100_000),
    Listed("1901101010", "特殊医学用途婴幼儿配方乳粉", 50_000),
    Listed("1901101090", "婴幼儿配方乳粉", 50_000),
    Listed("1901109000", "其他婴幼儿食品", 50_000),
    Listed("1904100000", "膨化或烘炒谷物食品", 100_000),
    Listed("1905310000", "甜饼干", 100_000),
    Listed("2008199990", "坚果制品", 100_000),
    Listed("2101110000", "咖啡浓缩精汁", 120_000),
    Listed("2106909090", "营养补充食品", 120_000),
    Listed("2204100000", "葡萄汽酒", 140_000, consumption=WINE, since=L2020),
    Listed("2204210000", "小包装葡萄酒", 140_000, consumption=WINE, since=L2020),
    Listed("3303000010", "高档香水", 30_000, consumption=COSMETICS),
    Listed("3303000020", "其他香水及花露水", 30_000),
    Listed("3304100011", "高档唇用化妆品", 50_000, consumption=COSMETICS),
    Listed("3304100091", "其他唇用化妆品", 50_000),
    Listed("3304200011", "高档眼用化妆品", 50_000, consumption=COSMETICS),
    Listed("3304200091", "其他眼用化妆品", 50_000),
    Listed("3304910090", "香粉", 50_000),
    Listed("3304990029", "高档护肤品", 10_000, consumption=COSMETICS),
    Listed("3304990039", "高档护肤品（以体积计）", 10_000, consumption=COSMETICS),
    Listed("3304990099", "其他护肤品", 10_000),
    Listed("3305100090", "洗发剂", 30_000),
    Listed("3305900000", "其他护发品", 30_000),
    Listed("3306101090", "牙膏", 30_000),
    Listed("3307300000", "香浴盐及其他泡澡用制剂", 30_000),
    Listed("3401300090", "洁肤用有机表面活性制品", 60_000),
    Listed("3924100000", "塑料餐具及厨房用具", 60_000),
    Listed("3926909090", "其他塑料制品", 60_000),
    Listed("4202210090", "皮革面手提包", 60_000),
    Listed("4202220000", "塑料或纺织材料面手提包", 60_000),
    Listed("6109100010", "棉制针织T恤衫", 60_000),
    Listed("6110110000", "羊毛针织套头衫", 60_000),
    Listed("6403990090", "皮革面鞋", 80_000),
    Listed("6404110000", "运动鞋", 80_000),
    Listed("7013370000", "玻璃杯", 70_000),
    Listed("7323930000", "不锈钢厨房器具", 70_000),
    Listed("8212100000", "剃刀", 70_000),
    Listed("8509401000", "水果或蔬菜榨汁机", 70_000),
    Listed("8509809000", "电动牙刷等家用电动器具", 70_000),
    Listed("8510100000", "电动剃须刀", 70_000),
    Listed("8516310000", "电吹风机", 70_000),
    Listed("8516603000", "电饭锅", 70_000),
    Listed("8518300000", "耳机", 50_000),
    Listed("8715000010", "婴孩车", 60_000),
    Listed("9101110000", "高档手表", 80_000, consumption=WATCH),
    Listed("9102110000", "石英手表", 80_000),
    Listed("9503008900", "玩具", 0),
    Listed("9504501100", "视频游戏控制器", 0),
    Listed("9506320000", "高尔夫球", 60_000, consumption=BALL),
    Listed("9619001100", "婴儿尿裤及尿布", 40_000),
    Listed("9619002000", "卫生巾", 40_000),
)
_BY_CODE = {line.hs_code: line for line in _LINES}
LISTED_CODES = tuple(sorted(_BY_CODE))
"""Codes that are, or were, on the list."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one good on one day, in millionths."""

    duty_ppm: int
    consumption_ppm: int
    vat_ppm: int


def listed(hs_code: str, day: date, *, bonded: bool) -> bool:
    """Whether the positive list lets the good in on that day, by this way."""
    line = _BY_CODE.get(hs_code)
    if line is None or day < line.since or (line.until is not None and day >= line.until):
        return False
    return bonded or not line.bonded_only


def rates_on(hs_code: str, day: date) -> Rates:
    """The rates of a listed good. Raises KeyError for a code that was never on the list."""
    line = _BY_CODE[hs_code]
    return Rates(line.duty_ppm, _in_force(line.consumption, day), _in_force(line.vat, day))


def rates_version(day: date) -> str:
    """Which list and which value added tax were applied: ``list-2022-03-01+vat-2019-04-01``."""
    in_force = max(since for since in LISTS if since <= day)
    vat = max(since for since, _ in (*STANDARD, *REDUCED) if since <= day)
    return f"list-{in_force}+vat-{vat}"


def _in_force(rate: Dated, day: date) -> int:
    return [ppm for since, ppm in rate if since <= day][-1]


def _hs_code(value: str) -> str:
    # Chapter 77 is kept free for later use, and the nomenclature ends with chapter 97.
    if not re.fullmatch("[0-9]{10}", value) or value[:2] in ("00", "77", "98", "99"):
        bad("unknown-hs", "A code has ten digits and begins with a chapter of the nomenclature")
    return value


HsCode = Annotated[
    str,
    judged_by(_hs_code),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[0-9]{10}$",
            "description": "Commodity code of the customs tariff, ten digits",
            "examples": ["3304990029"],
        }
    ),
]
"""A commodity code (商品编号); code ``unknown-hs``. Whether it is on the list is asked at the
declaration, by its day."""
