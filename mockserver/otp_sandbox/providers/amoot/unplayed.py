"""Paths that the provider's documents have and that are not played, with what they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_METHODS: Final = {
    "SendWithBackupLine": "sends with a backup line",
    "SendBank": "sends to a bank of numbers",
    "SendBankWithBackupLine": "sends to a bank of numbers with a backup line",
    "GetBankTree": "banks of numbers",
    "CalculateMessagePrice": "price of a message",
    "CalculatePatternMessagePrice": "price of a pattern",
    "IsBlackList_ByCancelation": "black list",
    "RelayMessageDeliveryCreate": "relays of deliveries",
    "RelayMessageDeliveryList": "relays of deliveries",
    "RelayMessageDeliverySetActive": "relays of deliveries",
    "RelayRecieveMessageCreate": "relays of incoming messages",
    "RelayRecieveMessageList": "relays of incoming messages",
    "RelayRecieveMessageSetActive": "relays of incoming messages",
}
UNPLAYED: Final[Mapping[str, str]] = {
    **{f"/rest/{method}": what for method, what in _METHODS.items()},
    "/webservice2.asmx": "the older service, by SOAP and by fields",
}
