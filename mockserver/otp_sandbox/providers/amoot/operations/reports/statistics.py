"""Statistics, which the provider has taken out of service (`amoot.statistics-closed`)."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import Query
from otp_sandbox.providers.amoot.answers import many
from otp_sandbox.providers.amoot.dates import exact_time

STATISTICS: Final = Query(
    "Statistics",
    cause="statistics_closed",
    body=many(lambda _, each: each),
    readers={"FromDate": exact_time, "ToDate": exact_time},
    checks={
        "from_date_is_after_than_to_date": lambda call, _: call.values["FromDate"] > call.values["ToDate"],
    },
)
