"""What is played: providers, operations, outcome tables, behaviours with their evidence, magic values."""

from __future__ import annotations

from typing_extensions import TypedDict

from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.schemas import BehavioursShape, OutcomesShape
from otp_sandbox.web.control.views import behaviour_shape, outcome_shape
from otp_sandbox.web.endpoint import rows_by_code


class ProviderShape(TypedDict):
    name: str
    title: str
    hosts: list[str]
    operations: list[str]


class ProvidersShape(TypedDict):
    providers: list[ProviderShape]
    cursor: str


class FieldShape(TypedDict):
    name: str
    places: list[str]


class OperationShape(TypedDict):
    name: str
    id: str
    method: str
    path: str
    role: str
    summary: str
    fields: list[FieldShape]
    outcomes: list[str]


class OperationsShape(TypedDict):
    operations: list[OperationShape]
    cursor: str


class MagicShape(TypedDict):
    provider: str
    field: str
    value: str
    outcome: str


class MagicsShape(TypedDict):
    magic: list[MagicShape]
    cursor: str


async def _providers(asked: ControlRequest) -> ProvidersShape:
    shown: list[ProviderShape] = [
        {
            "name": provider.name,
            "title": provider.title,
            "hosts": list(provider.hosts),
            "operations": list(dict.fromkeys(operation.name for operation in provider.spec.operations)),
        }
        for provider in asked.control.providers.values()
    ]
    return {"providers": shown, "cursor": str(len(shown))}


async def _operations(asked: ControlRequest) -> OperationsShape:
    shown: list[OperationShape] = [
        {
            "name": operation.name,
            "id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "role": operation.role,
            "summary": operation.summary,
            "fields": [{"name": each.name, "places": sorted(each.places)} for each in operation.fields.values()],
            "outcomes": [answer.outcome for answer in operation.answers],
        }
        for operation in asked.control.provider(asked.path["provider"]).spec.operations
    ]
    return {"operations": shown, "cursor": str(len(shown))}


async def _outcomes(asked: ControlRequest) -> OutcomesShape:
    provider = asked.control.provider(asked.path["provider"])
    shown = [outcome_shape(provider, row) for row in provider.spec.outcomes.values()]
    return {"outcomes": shown, "cursor": str(len(shown))}


async def _behaviours(asked: ControlRequest) -> BehavioursShape:
    shown = [behaviour_shape(each) for each in asked.control.provider(asked.path["provider"]).spec.behaviours]
    return {"behaviours": shown, "cursor": str(len(shown))}


async def _magic(asked: ControlRequest) -> MagicsShape:
    shown: list[MagicShape] = []
    for provider in asked.control.providers.values():
        for name in rows_by_code(provider).values():
            value = provider.phones.magic.value_of(provider.spec.outcomes[name].code)
            if value is not None:
                shown.append(
                    {
                        "provider": provider.name,
                        "field": provider.phones.magic.fields[0],
                        "value": value,
                        "outcome": name,
                    }
                )
    return {"magic": shown, "cursor": str(len(shown))}


ENDPOINTS = [
    ControlEndpoint("GET", "/providers", "What is played", _providers, ProvidersShape, lane=False),
    ControlEndpoint(
        "GET",
        "/providers/{provider}/operations",
        "The operations of a provider",
        _operations,
        OperationsShape,
        lane=False,
        problems=(404,),
    ),
    ControlEndpoint(
        "GET",
        "/providers/{provider}/outcomes",
        "A provider's table: what is answered and why",
        _outcomes,
        OutcomesShape,
        lane=False,
        problems=(404,),
    ),
    ControlEndpoint(
        "GET",
        "/providers/{provider}/behaviours",
        "Statements about a provider, with evidence and source",
        _behaviours,
        BehavioursShape,
        lane=False,
        problems=(404,),
    ),
    ControlEndpoint("GET", "/magic", "Field values that ask for an outcome", _magic, MagicsShape, lane=False),
]
