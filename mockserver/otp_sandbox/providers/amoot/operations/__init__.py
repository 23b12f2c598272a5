"""What the operations of Amoot do. One file each, or one for several that are nearly the same; found by themselves."""

from otp_sandbox.contract import handlers_in

HANDLERS = handlers_in(__name__)
