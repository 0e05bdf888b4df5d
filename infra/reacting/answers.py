"""A policy's answers to an event: the commands it asks for, each with an id of its own.

The id follows from policy, position and ordinal, so an answer may be given any number of times and
takes effect once. What is *not* in the log is a refusal: the same answer may be refused today and
accepted tomorrow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog

from commands.base import Caller, Command, CommandSpec, PolicySpec, Role
from commands.reactions import RecordPolicyRefusal
from domain.shared.aggregate import EventBase
from domain.shared.refusals import IdInUse, NotInState, Refused
from infra.discovery import Registry
from infra.executing.asking import Ask, Cause, Outcome
from infra.log.records import RecordedEvent
from infra.reacting import derived_ids

log = structlog.get_logger(__name__)

FINGERPRINT = b"policy"
"""The same for every answer: after an update a policy may word an answer otherwise, and the one
that was given before still counts."""


class Executes(Protocol):
    """The executor."""

    async def execute(self, spec: CommandSpec, cmd: Command, ask: Ask) -> Outcome: ...


class Decodes(Protocol):
    """Makes an event of the log into one of the domain."""

    def decode(self, recorded: RecordedEvent) -> EventBase: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The ``ordinal``-th command (from 1) with which ``policy`` answers the event ``cause``."""

    policy: PolicySpec
    cause: RecordedEvent
    ordinal: int
    command: Command
    spec: CommandSpec

    @property
    def command_id(self) -> UUID:
        """Derived, the same at each delivery."""
        return derived_ids.of_policy(self.policy.name, self.cause.position, self.ordinal)

    @property
    def matter(self) -> UUID | None:
        """Whom the command is for; None when it begins a matter and leaves the id open."""
        field = self.spec.key or self.spec.id_field
        return getattr(self.command, field) if field else None

    @property
    def name(self) -> str:
        """Programme and command, for people."""
        return f"{self.spec.program}/{self.spec.name}"

    def facts(self) -> dict[str, object]:
        """What log lines say of it."""
        parent = (self.cause.traceparent or "").split("-")
        return {
            "policy": self.policy.name,
            "position": self.cause.position,
            "ordinal": self.ordinal,
            "command": self.name,
            "trace_id": parent[1] if len(parent) == 4 else None,
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is noted of a refused answer; made from an answer, or from what was kept of one."""

    policy: str
    cause: RecordedEvent
    ordinal: int
    command: str
    aggregate: UUID | None
    code: str

    @classmethod
    def of(cls, answer: Answer, code: str) -> "Refusal":
        """The refusal of ``answer`` with ``code``."""
        return cls(
            answer.policy.name,
            answer.cause,
            answer.ordinal,
            answer.name,
            answer.matter,
            code,
        )


def is_final(refusal: Refused, answer: Answer) -> bool:
    """Whether waiting cannot help: the matter is in a state that nothing leads out of, the matter to
    begin is there already, or the refusal is on record and every retry is told the same.

    A filing after the annulment is of the first kind. Any other refusal may pass: a matter that is
    not there yet, a step that has not been taken. A few tries too many cost nothing.
    """
    if isinstance(refusal, NotInState):
        return not refusal.allowed or refusal.state in answer.spec.aggregate.FINAL
    return isinstance(refusal, IdInUse) or refusal.on_record


class Answers:
    """Works answers out and gives them."""

    def __init__(self, registry: Registry, codec: Decodes, executor: Executes) -> None:
        self._registry = registry
        self._codec = codec
        self._executor = executor
        self._note = registry.command_for(RecordPolicyRefusal)
        self._policies_by_stem = _by_stem(registry.policies)

    def policies_for(self, recorded: RecordedEvent) -> Sequence[PolicySpec]:
        """The policies that answer events of this type, of whatever version."""
        return self._policies_by_stem.get(_stem(recorded.type), ())

    def to(self, policy: PolicySpec, recorded: RecordedEvent) -> list[Answer]:
        """What ``policy`` asks for because of ``recorded``; raises whatever it raises."""
        asked = policy.react(self._codec.decode(recorded))
        if asked is None:
            return []
        commands = [asked] if isinstance(asked, Command) else list(asked)
        return [
            Answer(policy, recorded, n, cmd, self._registry.command_for(type(cmd)))
            for n, cmd in enumerate(commands, start=1)
        ]

    def find(self, policy: str, recorded: RecordedEvent, ordinal: int) -> Answer | None:
        """One answer again; None when the policy is gone or asks for it no more."""
        spec = self._registry.policies.get(policy)
        answers = self.to(spec, recorded) if spec else []
        return answers[ordinal - 1] if ordinal <= len(answers) else None

    async def give(self, answer: Answer) -> Outcome:
        """Executes the command, also when it was executed before; raises as the executor does."""
        ask = ask_because_of(
            answer.cause,
            actor=f"policy:{answer.policy.name}",
            command_id=answer.command_id,
        )
        outcome = await self._executor.execute(answer.spec, answer.command, ask)
        if not outcome.replayed:
            log.info("policy_answered", first_position=outcome.first_position, **answer.facts())
        return outcome

    async def note(self, refusal: Refusal) -> None:
        """Records a refusal in the log, once, in the chain of its cause."""
        key = (refusal.policy, refusal.cause.position, refusal.ordinal)
        reaction = derived_ids.of_reaction(*key)
        command = RecordPolicyRefusal(
            reaction_id=reaction,
            policy=refusal.policy,
            position=refusal.cause.position,
            ordinal=refusal.ordinal,
            command=refusal.command,
            code=refusal.code,
            aggregate=refusal.aggregate,
        )
        ask = ask_because_of(
            refusal.cause,
            actor=f"policy:{refusal.policy}",
            command_id=derived_ids.of_record(reaction, "refused", 0),
        )
        await self._executor.execute(self._note, command, ask)


def ask_because_of(cause: RecordedEvent, *, actor: str, command_id: UUID) -> Ask:
    """A command that follows from an event: in its chain, its trace and, if simulated, its time."""
    return Ask(
        caller=Caller(actor=actor, roles=frozenset({Role.SYSTEM})),
        command_id=command_id,
        fingerprint=FINGERPRINT,
        traceparent=cause.traceparent,
        cause=Cause(cause.position, cause.correlation_id),
        now=cause.occurred_at if cause.clock is not None else None,
        clock=cause.clock,
    )


def _stem(stored_type: str) -> str:
    """A stored type without its version, which upcasting may change."""
    return stored_type.rpartition(".v")[0]


def _by_stem(policies: Mapping[str, PolicySpec]) -> dict[str, tuple[PolicySpec, ...]]:
    found: dict[str, tuple[PolicySpec, ...]] = {}
    for policy in policies.values():
        for stem in {_stem(c.type_name) for c in policy.event_classes}:
            found[stem] = (*found.get(stem, ()), policy)
    return found
