"""Customs declarations of retail imports (跨境电商清单申报): from three documents to a closed list.

``CustomsDeclaration`` is one aggregate in three parts that follow an order: ``collecting``,
``clearing``, ``returning``. Around it stand what many orders share: ``PersonQuota``,
``BondedStock``, ``Enterprise``, ``TraceBatch``.
"""

from domain.customs_declarations.enterprise import Enterprise
from domain.customs_declarations.quota import PersonQuota
from domain.customs_declarations.returning import CustomsDeclaration
from domain.customs_declarations.states import State
from domain.customs_declarations.stock import BondedStock
from domain.customs_declarations.tracing import TraceBatch

__all__ = [
    "BondedStock",
    "CustomsDeclaration",
    "Enterprise",
    "PersonQuota",
    "State",
    "TraceBatch",
]
