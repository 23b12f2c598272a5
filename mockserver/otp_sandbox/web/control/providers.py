"""The endpoints of providers: operations, outcome tables, behaviours with their evidence, magic values."""

from __future__ import annotations

from otp_sandbox.play.route import magic_rows
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.provider_shapes import (
    BehavioursShape,
    MagicShape,
    MagicsShape,
    OperationsShape,
    OutcomesShape,
    ProvidersShape,
)
from otp_sandbox.web.control.views import (
    behaviour_view,
    evidence_view,
    operation_view,
    outcome_view,
    provider_view,
)


async def _providers(request: ControlRequest) -> ProvidersShape:
    providers = [provider_view(each) for each in request.control.providers.values()]
    return {"providers": providers, "cursor": str(len(providers)), "more": False}


async def _operations(request: ControlRequest) -> OperationsShape:
    operations = [operation_view(each) for each in request.control.provider(request.path["provider"]).spec.operations]
    return {"operations": operations, "cursor": str(len(operations)), "more": False}


async def _outcomes(request: ControlRequest) -> OutcomesShape:
    provider = request.control.provider(request.path["provider"])
    outcomes = [outcome_view(provider, row) for row in provider.spec.outcomes.values()]
    return {"outcomes": outcomes, "cursor": str(len(outcomes)), "more": False}


async def _behaviours(request: ControlRequest) -> BehavioursShape:
    provider = request.control.provider(request.path["provider"])
    behaviours = [behaviour_view(each) for each in provider.spec.behaviours]
    evidence = evidence_view(provider)["behaviours"]
    return {"behaviours": behaviours, "evidence": evidence, "cursor": str(len(behaviours)), "more": False}


async def _magic(request: ControlRequest) -> MagicsShape:
    magic: list[MagicShape] = []
    for provider in request.control.providers.values():
        for name in magic_rows(provider).values():
            value = provider.phones.magic.value_of(provider.spec.outcomes[name].code)
            if value is not None:
                magic.append(
                    {
                        "provider": provider.name,
                        "field": provider.phones.magic.fields[0],
                        "value": value,
                        "outcome": name,
                    }
                )
    return {"magic": magic, "cursor": str(len(magic)), "more": False}


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
