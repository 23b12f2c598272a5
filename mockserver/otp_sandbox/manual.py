"""What `otp-sandbox --help` says beside its commands; the man page has the same sections."""

from __future__ import annotations

from typing import Final

SECTIONS: Final = """\
environment:
  OTP_SANDBOX_URL            where the sandbox is, for the commands that talk to one
  OTP_SANDBOX_CONFIG         the TOML file with settings and lanes, as --config names it
  OTP_SANDBOX_CONTROL_TOKEN  the token that the control API asks for; the commands send it
  OTP_SANDBOX_NAME           any other setting, by its name in capitals: OTP_SANDBOX_PORT, OTP_SANDBOX_SEED

  A flag wins over the environment, the environment over the file. Variables that Kubernetes and Docker set for
  a Service called otp-sandbox, such as OTP_SANDBOX_PORT=tcp://10.0.0.1:6877, are no settings.

exit status:
  0    all is well
  1    what was asked for is not there: no code, not ready, something to complain about; one line says why
  2    the command line, a setting or a file is wrong, or the port is taken; one line says which
  3    lint: no sandbox answers
  130  Ctrl-C

examples:
  otp-sandbox serve --any-sender         run a sandbox on port 6877 that knows every sender name
  otp-sandbox ready --wait 30s           wait until it is ready
  otp-sandbox env --format shell         print base URLs and credentials for an application
  otp-sandbox code 0901888484 --wait 5s  print the code that is on its way to a phone
  otp-sandbox fault lost-ack --uses 1    lose the answer to the next call
  otp-sandbox lint --fail-on medium      say what a real provider would punish
"""
