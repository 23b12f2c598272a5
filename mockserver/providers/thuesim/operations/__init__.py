"""What the operations of thuesim do. One file each; `rent` holds what the two rents share."""

from mockserver.providers.thuesim.operations.audio import Audio
from mockserver.providers.thuesim.operations.balance import Balance
from mockserver.providers.thuesim.operations.code import Code
from mockserver.providers.thuesim.operations.history import History
from mockserver.providers.thuesim.operations.networks import Networks
from mockserver.providers.thuesim.operations.register_service import RegisterService
from mockserver.providers.thuesim.operations.rephone import Rephone
from mockserver.providers.thuesim.operations.service import Services
from mockserver.providers.thuesim.operations.unknown_show import UnknownShow

HANDLERS = {
    "balance": Balance(),
    "networks": Networks(),
    "service": Services(),
    "code": Code(),
    "history": History(),
    "unknown_show": UnknownShow(),
    "register_service": RegisterService(),
    "rephone": Rephone(),
    "audio": Audio(),
}
