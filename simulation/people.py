"""Who lives in the city: people with valid numbers, and addresses in each of its districts.

None of them exists: names, numbers and doors are drawn from a given source of randomness.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from types import MappingProxyType

from domain.shared.districts import DISTRICTS_2014
from domain.shared.identifiers import make_resident_id

INHABITANTS: Mapping[str, int] = MappingProxyType(
    {
        "330203": 369_000,
        "330204": 369_000,
        "330205": 358_000,
        "330206": 607_000,
        "330211": 421_000,
        "330212": 1_359_000,
        "330225": 503_000,
        "330226": 647_000,
        "330281": 1_011_000,
        "330282": 1_462_000,
        "330283": 492_000,
    }
)
"""Resident population of the plan's eleven districts, rounded (sixth census, 2010)."""

_DISTRICTS = tuple(INHABITANTS)
_SUMS = list(accumulate(INHABITANTS.values()))

_SURNAMES = (
    "王 " * 8
    + "陈 " * 8
    + "张 " * 7
    + "李 " * 6
    + "徐 " * 4
    + "胡 " * 4
    + "周 " * 4
    + "吴 " * 4
    + "林 黄 杨 朱 "
    "沈 孙 郑 何 邵 叶 俞 毛 方 虞 戴 余 史 应 蒋 金 董 严 任 陆 钱 施 包 冯 屠 竺 童 范 章 傅 许 马 赵 刘 "
    "褚 翁 忻 闻 乐 欧阳 司徒 上官 诸葛"
).split()
_GIVEN_MEN = "建国 志明 海波 国平 伟 军 杰 涛 磊 浩 宇航 俊杰 子轩 建军 永康 立群 宏伟 明 斌 鹏飞 晨 家豪 文斌 世杰 立峰 海东"
_GIVEN_WOMEN = "丽娟 秀英 芳 敏 静 雅琴 亚萍 梦婷 佳怡 雨欣 思颖 晓燕 彩凤 月娥 红霞 婷婷 慧 洁 海燕 梅 嘉敏 欣怡 玲 文静 莹"
_MEN, _WOMEN = _GIVEN_MEN.split(), _GIVEN_WOMEN.split()

_MOBILE_BEGINS = "135 136 137 138 139 150 151 152 157 158 159 182 187 188 130 131 132 155 156 185 186 133 153 180 189"
_MOBILES = _MOBILE_BEGINS.split()

# Where people who moved to the city were born: Anhui, Jiangxi, Henan, Guizhou, Sichuan, Zhejiang.
_ELSEWHERE = "341221 341502 361128 360121 411524 411122 522401 520203 511602 511321 330624 331004"
_BIRTHPLACES = (*(code for code in DISTRICTS_2014 for _ in range(3)), *_ELSEWHERE.split())

_STREETS: Mapping[str, str] = MappingProxyType(
    {
        "330203": "鼓楼街道 江厦街道 西门街道 月湖街道 南门街道 白云街道 段塘街道 望春街道",
        "330204": "百丈街道 东胜街道 明楼街道 白鹤街道 东柳街道 东郊街道 福明街道 新明街道",
        "330205": "中马街道 白沙街道 文教街道 孔浦街道 庄桥街道 洪塘街道 慈城镇",
        "330206": "新碶街道 霞浦街道 柴桥街道 大碶街道 小港街道 戚家山街道 梅山街道 春晓街道",
        "330211": "招宝山街道 蛟川街道 骆驼街道 庄市街道 贵驷街道 澥浦镇 九龙湖镇",
        "330212": "中河街道 首南街道 钟公庙街道 下应街道 石碶街道 姜山镇 邱隘镇 东钱湖镇 集士港镇",
        "330225": "丹东街道 丹西街道 爵溪街道 石浦镇 西周镇 鹤浦镇 贤庠镇",
        "330226": "跃龙街道 桃源街道 梅林街道 桥头胡街道 长街镇 西店镇 岔路镇",
        "330281": "凤山街道 兰江街道 梨洲街道 阳明街道 低塘街道 朗霞街道 泗门镇 丈亭镇",
        "330282": "浒山街道 白沙路街道 古塘街道 坎墩街道 宗汉街道 观海卫镇 周巷镇 庵东镇",
        "330283": "锦屏街道 岳林街道 江口街道 西坞街道 萧王庙街道 溪口镇 莼湖镇",
    }
)
_COMMUNITIES = "秀水 朝阳 新城 明月 桂花 文化 永丰 中兴 兴宁 东海 锦苑 繁景 联丰 欢乐 幸福 城隍庙 江湾 丹凤 建设 前进"
_ROADS = "中山 人民 解放 环城 江东 兴宁 百丈 药行 通途 康庄 文昌 学府 滨江 大庆 长春 东海 明州 四明 天童 鄞县"
_COMMUNITY_NAMES, _ROAD_NAMES = _COMMUNITIES.split(), _ROADS.split()


def district(rng: Random) -> str:
    """One of the plan's eleven districts, the larger the likelier."""
    return rng.choices(_DISTRICTS, cum_weights=_SUMS)[0]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the city; the fields are as the domain's types want them."""

    name: str
    resident_id: str
    mobile: str


def person(rng: Random, today: date, *, oldest: int = 66) -> Person:
    """An adult on ``today``: most between thirty and fifty, none older than ``oldest``."""
    age_days = rng.triangular(18 * 366, oldest * 365, 38 * 365)
    born = today - timedelta(days=int(age_days))
    woman = rng.random() < 0.42
    order = rng.randrange(0, 998, 2) + (0 if woman else 1)
    name = rng.choice(_SURNAMES) + rng.choice(_WOMEN if woman else _MEN)
    number = make_resident_id(rng.choice(_BIRTHPLACES), born, order)
    mobile = f"+86{rng.choice(_MOBILES)}{rng.randrange(10**8):08d}"
    return Person(name, number, mobile)


@lru_cache(maxsize=16)
def streets(district_code: str) -> tuple[str, ...]:
    """Street offices and towns of one of the plan's eleven districts."""
    return tuple(_STREETS[district_code].split())


def address(rng: Random, district_code: str, *, division: str | None = None) -> dict[str, str]:
    """A door in a district of the plan, as a body of JSON.

    ``division``: under which number it is written, when not the district's own.
    """
    road, number = rng.choice(_ROAD_NAMES), rng.randint(1, 1888)
    end = rng.choice(["", f"{rng.randint(1, 38)}幢", f"{rng.randint(1, 26)}-{rng.randint(1, 9)}室"])
    side = rng.choice(["路", "东路", "西路", "北路", "街"])
    return {
        "division": division or district_code,
        "street": rng.choice(streets(district_code)),
        "community": f"{rng.choice(_COMMUNITY_NAMES)}{rng.choice(['社区', '社区', '村'])}",
        "detail": f"{road}{side}{number}号{end}",
    }
