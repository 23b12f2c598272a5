"""What the operations of thuesim do. One file each, found by itself; `rent` holds what the two rents share."""

from otp_sandbox.contract import handlers_in

HANDLERS = handlers_in(__name__)
