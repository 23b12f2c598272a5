"""What the operations of Amoot do. One file each."""

from mockserver.providers.amoot.operations.send_otp import SendOtp

HANDLERS = {"SendOTP": SendOtp()}
