"""Company registration (企业注册登记): from a reserved name to deregistration.

``CompanyRegistration`` is one aggregate in four parts that follow a company's life: ``admission``,
``licensing``, ``business``, ``registration``. ``OfficeholderBar`` keeps people from office, and
``Officeholder`` knows where they hold one.
"""

from domain.company_registration.bars import OfficeholderBar
from domain.company_registration.business import BarList
from domain.company_registration.licensing import RejectionGround
from domain.company_registration.officeholders import Officeholder
from domain.company_registration.registration import CompanyRegistration, ObjectionGround
from domain.company_registration.states import State

__all__ = [
    "BarList",
    "CompanyRegistration",
    "ObjectionGround",
    "Officeholder",
    "OfficeholderBar",
    "RejectionGround",
    "State",
]
