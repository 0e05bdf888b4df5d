"""What the city's new companies do: trades by kind of body, with the codes of GB/T 4754-2017."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from domain.shared.identifiers import UsccKind


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade: its own code, how a name puts it, what else its scope often holds."""

    code: str
    term: str
    beside: tuple[str, ...]
    weight: float
    approval: bool = False


def _trades(lines: str) -> tuple[Trade, ...]:
    trades = []
    for line in lines.strip().splitlines():
        weight, code, term, *beside = line.split()
        approval = beside[-1:] == ["!"]
        codes = beside[:-1] if approval else beside
        trades.append(Trade(code, term, tuple(codes), float(weight), approval))
    return tuple(trades)


# weight, code, words in the name, further codes; "!" where a licence to trade comes first
_COMPANIES = _trades("""
9 F5181 贸易 F5174 F5165 F5132
8 F5292 电子商务 F5181 I6513
5 F5165 建材 F5174 E5012
4 F5131 纺织品 F5132 F5181
4 F5174 五金 F5165 C3484
5 C3525 模具 C2929 C3484
4 C2929 塑料制品 C3525 F5165
4 C3484 机械 C3311 F5174
3 C3670 汽车零部件 C3484 F5181
3 C3857 电器 C2929 F5181
2 C1819 服饰 F5132 F5131
4 E5012 装饰工程 E5011 M7492
3 E4990 建筑安装工程 E4710
5 I6513 软件 I6531 M7519
4 I6531 信息技术 I6513 F5176
3 G5821 货运代理 G5431 G5990
2 G5431 物流 G5990 G5821
5 L7243 企业管理咨询 L7284 L7297
4 L7259 广告传媒 L7251 L7284
2 L7212 投资管理 L7243
4 M7519 科技 I6513 M7320
2 M7492 设计 L7259 E5012
2 K7020 物业管理 K7010
2 H6121 酒店管理 H6210 !
1 R8810 文化艺术 R8890 L7284
1 P8391 职业培训 P8399 !
1 Q8514 养老服务 O8010
1 N7810 环境工程 N7820
""")
_SHOPS = _trades("""
10 F5232 服装 F5292
9 F5213 便利 F5229 !
7 F5292 百货 F5232
7 H6210 餐饮 H6220 !
6 H6291 小吃 H6220 !
4 H6232 咖啡 H6231 !
3 H6130 民宿 !
5 O8040 美容美发
4 O8111 汽车维修 F5174
3 O8010 家政
3 F5174 五金 F5165
2 F5126 海鲜 F5229 !
2 G5431 货运
1 R8930 健身
""")
_COOPERATIVES = _trades("""
5 A0141 蔬菜 A0519
4 A0151 水果 A0519
3 A0411 水产养殖 A0519
2 A0111 粮食 A0519
1 A0519 农机服务
""")
_BY_KIND: dict[UsccKind, tuple[Trade, ...]] = {
    "enterprise": _COMPANIES,
    "sole-trader": _SHOPS,
    "cooperative": _COOPERATIVES,
}
_SUMS = {kind: list(accumulate(t.weight for t in trades)) for kind, trades in _BY_KIND.items()}


def trade(rng: Random, kind: UsccKind) -> Trade:
    """A trade that this kind of body takes up, the usual ones more often."""
    return rng.choices(_BY_KIND[kind], cum_weights=_SUMS[kind])[0]


def trades(kind: UsccKind) -> Sequence[Trade]:
    """All trades of a kind of body."""
    return _BY_KIND[kind]
