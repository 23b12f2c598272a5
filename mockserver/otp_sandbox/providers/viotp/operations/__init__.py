"""What the operations of viotp do, in folders by subject; they are found by themselves."""

from otp_sandbox.contract import handlers_in

HANDLERS = handlers_in(__name__)
