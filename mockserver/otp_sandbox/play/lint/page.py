"""The page of a rule, as it stands in the documents and as a sandbox shows it."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract.lint import Rule

PLACE: Final = "docs/lint/{rule}.md"
"""Where the page of a rule is, in the repository and below `/_sandbox/`."""
ASSUMED: Final = "None: this rule is assumed."


def help_of(rule: Rule) -> str:
    """Give the place of a rule's page."""
    return PLACE.format(rule=rule.id)


def write_page(rule: Rule) -> str:
    """Write the page of a rule."""
    return f"""# {rule.id}: {rule.title}

Severity: **{rule.severity}**

**What.** {rule.what}

**Why.** {rule.why}

**How to mend it.** {rule.mend}

**Source.** {_sentence(rule.source) if rule.source else ASSUMED}
"""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}."
