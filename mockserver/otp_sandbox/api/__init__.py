"""The client library: the control API of a sandbox, with and without an event loop.

It needs the standard library and msgspec. `otp_sandbox` gives its names, and loads them when they are asked for.
"""
