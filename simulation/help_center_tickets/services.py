"""What people ask 81890 for: which services of the catalogue, how often, in which words, when.

Codes are those of the catalogue. Weights are rough: schools, insurance and the housing fund lead
the questions of every Chinese city's line, lamps, rubbish and parking the requests.
"""

from collections.abc import Mapping
from random import Random

from domain.help_center_tickets.catalogue import CATALOGUE
from domain.help_center_tickets.states import Kind
from domain.help_center_tickets.values import ServiceVersion

Weights = Mapping[str, float]


def _weights(text: str) -> Weights:
    """``"A116 9 A117 7"`` as a mapping."""
    words = text.split()
    return dict(zip(words[::2], map(float, words[1::2]), strict=True))


CONSULTED = _weights(
    "B102 9 B101 6 D110 9 D111 6 D112 6 D101 7 D103 6 D102 3 F107 8 F108 7 F109 4 F112 8 F113 5 "
    "F106 5 F104 4 F101 4 F127 5 G114 7 G115 6 G116 6 G106 2 G101 3 H102 3 H104 3 H113 2 A126 7 "
    "A138 5 A140 3 A141 4 C103 3 B113 2 B110 2 F111 2 C111 2 F130 3"
)
"""Questions that the knowledge base has an article for."""

REQUESTED = _weights(
    "A116 9 A117 7 A119 8 A120 4 A121 9 A122 6 A123 6 A124 9 A125 5 A136 9 A129 2 E122 3 E118 2 "
    "F129 4 F105 4 G112 5 G111 4 D121 3 D128 4 H101 5 A118 3 A115 4 D120 2 B111 1"
)
"""What a department has to do; the last ones are urgent."""

COMPLAINED = _weights(
    "F116 9 F117 8 F118 7 A127 6 A128 6 B104 5 B125 6 F121 5 F119 3 F128 4 B120 3 B117 2 H117 6 "
    "D109 2 D106 5 D105 3 H124 4 H116 1"
)
"""Most fall under SAMR Order 20; the last ones do not."""

REPORTED = _weights("H120 6 H121 6 H122 3 E124 3 F132 3 D106 3 C118 5")
"""Reports (举报), whose reporters are sealed; fraud leads (C118) are urgent."""

SUGGESTED = _weights("A126 5 A117 3 B113 2 A124 4 B124 2 A120 3")

EMERGENCIES = _weights("A110 5 A114 8 A131 3 E120 1 D127 1")

OUTAGES = _weights("A112 6 A111 5 A113 2")
"""Power, water, heating: many call about the same."""

PAID: Weights = {
    version.code: 4.0 if version.code < "A200" else 1.0
    for version in CATALOGUE.values()
    if version.paid
}
"""What member companies do for money, most of it in households."""

FRAUD_LEADS, POWER_CUT = "C118", "A112"


def drawn(rng: Random, weights: Weights) -> ServiceVersion:
    """A service by its weight."""
    return CATALOGUE[rng.choices(list(weights), list(weights.values()))[0]]


_WORDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CONSULT: ("想咨询一下{0}怎么办理", "请问{0}需要带什么材料", "{0}的最新规定是什么"),
    Kind.HELP: ("{0}，请尽快安排人处理", "家里遇到{0}的事，需要帮忙", "{0}，已经好几天了"),
    Kind.COMPLAINT: ("投诉{0}，商家推诿不解决", "对{0}的处理不满意，要求答复", "{0}，要求退款"),
    Kind.REPORT: ("举报{0}，请有关部门查处", "反映{0}线索，请为我保密"),
    Kind.SUGGESTION: ("对{0}提个建议，希望改进", "建议优化{0}"),
}


def words(rng: Random, kind: Kind, service: ServiceVersion) -> str:
    """What somebody says who wants this."""
    return rng.choice(_WORDS[kind]).format(service.zh)


BY_HOUR = (
    *(0.8, 0.5, 0.3, 0.3, 0.3, 0.5, 1.2, 3.0),
    *(7.2, 9.6, 9.3, 7.6, 5.0, 5.6, 7.2, 7.4),
    *(6.8, 5.9, 5.6, 6.4, 6.2, 4.2, 2.4, 1.4),
)
"""Contacts by the hour: a hump in the morning, one in the afternoon, and again after supper."""

BY_WEEKDAY = (1.15, 1.05, 1.0, 1.0, 1.0, 0.72, 0.66)
