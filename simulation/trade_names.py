"""Names of companies as people choose them: a trade name of two to four Han characters.

Drawn from characters that the city's signboards favour; words the name rules forbid (the state,
the army, the party) cannot come out, because no part of them goes in.
"""

from random import Random

_CITY_PLACES = "甬 明州 海曙 四明 月湖 甬江 姚江 鄞江 天一 东钱 三江 镇海 北仑 慈湖 天童 招宝 梅山 象港 阿育 鼓楼"
_PLACES = _CITY_PLACES.split()
_FIRST = tuple(
    "甬明海港东江越天鼎恒瑞润宏盛泰嘉华鑫聚博卓优佳锦铭凯腾飞翔启晨旭阳永福康安禾沐青云诚信智慧雅悦"
)
_LAST = tuple("达通源丰和顺茂隆昌兴发旺泽洋川帆峰科创联合益利美臣彤辉航程宇涵彩途物")
_OPENERS = tuple("大小老新金银宝玉百万千")
# What shops call themselves; a sole trader's name is shorter and warmer.
_SHOPS = tuple("阿王李陈张胡徐周")
_SHOP_ENDS = tuple("记家叔姐嫂哥妹")


def trade_name(rng: Random, *, shop: bool = False) -> str:
    """Two to four Han characters; ``shop`` for a sole trader's."""
    kind = rng.random()
    if shop and kind < 0.3:
        return rng.choice(_SHOPS) + rng.choice(_LAST) + rng.choice(_SHOP_ENDS)
    if kind < 0.4:
        return _two(rng)
    if kind < 0.62:
        place = rng.choice(_PLACES)
        end = rng.choice(_LAST) if len(place) == 2 and rng.random() < 0.5 else _two(rng)
        return place + end
    if kind < 0.85:
        return rng.choice(_FIRST) + _two(rng)
    if kind < 0.93:
        return rng.choice(_OPENERS) + _two(rng)
    return _two(rng) + _two(rng)


def _two(rng: Random) -> str:
    first = rng.choice(_FIRST)
    last = rng.choice(_LAST)
    return first + last
