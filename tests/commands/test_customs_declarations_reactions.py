"""What follows from customs elsewhere and at customs from elsewhere: one event, and what it asks for."""

from typing import Any

import pytest

from commands.base import Caller, Role
from commands.credit_records.contributing import ContributeRecord
from commands.credit_records.ending import WithdrawBasis
from commands.credit_records.given import SubjectGiven
from commands.customs_declarations import supervising
from commands.policies.credit_records import when_customs_detains
from commands.policies.customs_declarations import when_lists_change
from commands.policies.help_center_tickets import when_a_batch_is_recalled
from domain.credit_records import CreditRecord, Kind, Severity
from domain.credit_records.identities import record_id
from domain.customs_declarations import CustomsDeclaration, Enterprise, State, TraceBatch
from domain.customs_declarations.clearing import DetentionOutcome
from domain.customs_declarations.enterprise import (
    DEFAULT_INSPECTION_PPM,
    LISTED_INSPECTION_PPM,
    RateReason,
    enterprise_id,
)
from domain.help_center_tickets import Channel, HelpTicket
from tests import credits as credit
from tests import customs as c
from tests.scenario import HUIMIN, Scenario, Step, caller, given, shanghai

D = CustomsDeclaration
DETAINED = (*c.DECLARED, c.receipt(500), c.receipt(502))
NEUTRAL = record_id("customs", "goods-detained", str(c.order_id()))
FOUND_FALSE = Step(
    supervising.ReportFalseDocuments(
        code=c.AGENT, document="payment", declaration_id=c.order_id(), decision_no="甬关缉3号"
    ),
    c.CUSTOMS_OFFICER,
)

# --- detained goods and credit records ---------------------------------------------------------


def test_goods_handed_to_the_anti_smuggling_bureau_are_a_neutral_record_of_the_agent() -> None:
    (detained,) = c.harbour(*DETAINED).of(D.GoodsDetained)
    asked: Any = when_customs_detains(detained)
    assert isinstance(asked, ContributeRecord)
    assert (asked.subject.uscc, asked.source, asked.kind) == (c.AGENT, "customs", Kind.NEUTRAL)
    assert (asked.severity, asked.source_record_no) == (None, str(c.order_id()))
    assert asked.determined_on == shanghai("2026-03-02T12:00").date()


@pytest.mark.parametrize("code", [501, 503, 599])
def test_other_detentions_are_no_matter_of_credit(code: int) -> None:
    harbour = c.harbour(*c.DECLARED, c.receipt(code), c.receipt(399))
    (detained,) = harbour.of(D.GoodsDetained)
    (decided,) = harbour.of(D.DetentionDecided)
    assert when_customs_detains(detained) is None
    assert when_customs_detains(decided) is None


@pytest.mark.parametrize("code", [399, 800])
def test_goods_that_pass_after_all_take_the_record_back(code: int) -> None:
    harbour = c.harbour(*DETAINED, c.receipt(code))
    (decided,) = harbour.of(D.DetentionDecided)
    assert decided.outcome is DetentionOutcome.GOODS_PASSED
    asked = when_customs_detains(decided)
    assert isinstance(asked, WithdrawBasis)
    assert asked.record_id == NEUTRAL
    harbour.play(c.receipt(800))
    assert len(harbour.of(D.DetentionDecided)) == 1


def test_goods_that_were_not_detained_or_go_back_abroad_decide_nothing() -> None:
    assert c.harbour(*c.RELEASED).of(D.DetentionDecided) == []
    assert c.harbour(*DETAINED, c.receipt(700)).of(D.DetentionDecided) == []


def test_false_documents_are_a_record_of_their_own_and_decide_the_detention_once() -> None:
    harbour = c.harbour(*DETAINED, FOUND_FALSE)
    (found,) = harbour.of(Enterprise.FalseDocumentsFound)
    (decided,) = harbour.of(D.DetentionDecided)
    negative, withdrawn = when_customs_detains(found), when_customs_detains(decided)
    assert isinstance(negative, ContributeRecord)
    assert (negative.kind, negative.severity) == (Kind.NEGATIVE, Severity.GENERAL)
    assert (negative.decision_no, negative.subject.uscc) == ("甬关缉3号", c.AGENT)
    assert isinstance(withdrawn, WithdrawBasis)
    assert withdrawn.record_id == NEUTRAL
    harbour.play(FOUND_FALSE, c.receipt(800))
    assert harbour.declaration().state is State.RELEASED
    assert len(harbour.of(D.DetentionDecided)) == 1


def test_false_documents_without_a_detention_are_a_record_too() -> None:
    harbour = c.harbour(c.order(), FOUND_FALSE)
    (found,) = harbour.of(Enterprise.FalseDocumentsFound)
    assert isinstance(when_customs_detains(found), ContributeRecord)
    assert harbour.of(D.DetentionDecided) == []


def test_huimin_withdraws_once_what_customs_withdrew_by_hand() -> None:
    answer = Step(WithdrawBasis(record_id=credit.RECORD, answer="扣留解除"), HUIMIN)
    given(*credit.PUBLISHED, credit.basis_withdrawn()).when(answer).then()


# --- credit lists and inspections --------------------------------------------------------------

KEEPER_1 = caller("officer-c1", Role.OFFICER, department="customs")
KEEPER_2 = caller("officer-c2", Role.OFFICER, department="customs")


def listed(scenario: Scenario, list: str = "major-tax-violations") -> Any:
    """The agent is put on a list."""
    tax = list == "major-tax-violations"
    scenario.run(
        credit.notified(
            subject=SubjectGiven(uscc=c.AGENT),
            list=list,
            legal_ground="art-6-1-evasion" if tax else "smuggling",
            by=credit.TAX_7 if tax else KEEPER_1,
        )
    )
    record = scenario.matter
    assert record is not None
    by = credit.TAX_8 if tax else KEEPER_2
    later = scenario.at.replace(day=scenario.at.day + 12)
    scenario.run(credit.decided(record=record.id, by=by, at=later))
    return last(scenario, CreditRecord.SubjectListed)


def delisted(scenario: Scenario, entry: Any, by: Caller = credit.TAX_7) -> Any:
    scenario.run(credit.delisted(record=entry.id, sender=by))
    return last(scenario, CreditRecord.SubjectDelisted)


def last(scenario: Scenario, event_class: type[Any]) -> Any:
    return [e for e in scenario.happened if isinstance(e, event_class)][-1]


def followed(scenario: Scenario, e: Any) -> int:
    """The agent's share of inspections after the policy's answer."""
    asked = when_lists_change(e)
    assert asked is not None
    scenario.run(Step(asked, HUIMIN))
    return rate_of(scenario)


def rate_of(scenario: Scenario) -> int:
    agent = scenario.matters[enterprise_id(c.AGENT)]
    assert isinstance(agent, Enterprise)
    return agent.inspection_rate_ppm


def city(*more: Step) -> Scenario:
    return given(*c.ENTERPRISES, credit.company_opened(uscc=c.AGENT), *more)


def risk_rate(ppm: int) -> Step:
    return Step(supervising.SetInspectionRate(code=c.AGENT, rate_ppm=ppm), c.CUSTOMS_OFFICER)


@pytest.mark.parametrize("own", [DEFAULT_INSPECTION_PPM, 50_000])
def test_a_listed_enterprise_is_inspected_more_until_it_is_delisted(own: int) -> None:
    scenario = city(risk_rate(own))
    entry = listed(scenario)
    assert followed(scenario, entry) == LISTED_INSPECTION_PPM
    assert last(scenario, Enterprise.InspectionRateSet).reason is RateReason.LISTED
    assert followed(scenario, delisted(scenario, entry)) == own
    assert last(scenario, Enterprise.InspectionRateSet).reason is RateReason.DELISTED


def test_who_leaves_one_of_two_lists_is_still_inspected_more() -> None:
    scenario = city()
    tax = listed(scenario)
    customs = listed(scenario, "customs-dishonest")
    assert followed(scenario, tax) == followed(scenario, customs) == LISTED_INSPECTION_PPM
    assert followed(scenario, delisted(scenario, tax)) == LISTED_INSPECTION_PPM
    gone = delisted(scenario, customs, by=KEEPER_1)
    assert followed(scenario, gone) == DEFAULT_INSPECTION_PPM


def test_a_listing_that_is_heard_of_after_its_end_raises_nothing() -> None:
    scenario = city()
    entry = listed(scenario)
    gone = delisted(scenario, entry)
    assert followed(scenario, entry) == followed(scenario, gone) == DEFAULT_INSPECTION_PPM


def test_what_customs_sets_meanwhile_stays() -> None:
    scenario = city()
    entry = listed(scenario)
    followed(scenario, entry)
    scenario.run(risk_rate(900_000))
    assert followed(scenario, entry) == 900_000
    assert followed(scenario, delisted(scenario, entry)) == 900_000


def test_a_list_whose_law_has_no_such_measure_and_a_person_change_nothing() -> None:
    by_court = given(*credit.COMPANY, credit.court_notified(subject=credit.company())).after(
        credit.decided(by=credit.COURT_2, at=credit.PLEA_OVER)
    )
    assert when_lists_change(last(by_court, CreditRecord.SubjectListed)) is None
    tax = listed(city())
    assert when_lists_change(tax) is not None
    person = tax.model_copy(update={"subject": credit.PERSON})
    assert when_lists_change(person) is None


def test_who_comes_to_customs_listed_already_is_inspected_more_from_then_on() -> None:
    scenario = given(credit.company_opened(uscc=c.AGENT))
    listed(scenario)
    scenario.after(*c.ENTERPRISES)
    registered = last(scenario, Enterprise.EnterpriseRegistered)
    assert followed(scenario, registered) == LISTED_INSPECTION_PPM


# --- recalls -----------------------------------------------------------------------------------

RECALLED = (c.batch_registered(), c.recalled())


def test_a_recall_is_one_ticket_that_says_what_callers_ask() -> None:
    recall = last(given(*RECALLED), TraceBatch.RecallIssued)
    asked = when_a_batch_is_recalled(recall)
    assert asked.channel is Channel.POLICY
    for told in ("护肤面霜", c.TRACE, "b-1", "微生物超标", "甬市监召1号"):
        assert told in asked.text
    scenario = given(Step(asked, HUIMIN))
    assert isinstance(scenario.matter, HelpTicket)
    assert scenario.matter.holder_hint is not None
    assert scenario.matter.holder_hint.code == "market-regulation"
    assert asked.about is not None
    assert asked.about.matter_id == recall.id


def test_another_recall_of_the_batch_is_another_ticket() -> None:
    one = last(given(*RECALLED), TraceBatch.RecallIssued)
    other = one.model_copy(update={"decision_no": "甬市监召9号"})
    first, again, second = (
        given(Step(when_a_batch_is_recalled(e), HUIMIN)).matter for e in (one, one, other)
    )
    assert first is not None
    assert again is not None
    assert second is not None
    assert first.id == again.id != second.id
