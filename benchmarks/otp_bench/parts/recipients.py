"""What one recipient costs: a message as JSON, and SendSimple with more and more recipients in a call."""

from __future__ import annotations

from typing import Any

from otp_bench.control import Control, proves_itself
from otp_bench.cost import Phones, cost
from otp_bench.figures import figure
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, sandbox

KINDS = {
    "gencode": ("gencode", 1),
    "sendmessage": ("sendmessage", 1),
    "sendsimple 1": ("sendsimple", 1),
    "sendsimple 10": ("sendsimple", 10),
    "sendsimple 100": ("sendsimple", 100),
}


def measure(scale: Scale) -> dict[str, Any]:
    """Measure all kinds in turns against one sandbox. Flat means that one among a hundred costs as one among ten."""
    phones = Phones()
    runs: dict[str, list[float]] = {name: [] for name in KINDS}
    with sandbox() as ours:
        Control(ours).make_rich()
        proves_itself(ours, GENCODE)
        for _ in range(scale.rounds):
            for name, (load, count) in KINDS.items():
                more = [count] if load == "sendsimple" else []
                took = cost(ours, load, phones.start(), *more, seconds=scale.seconds, tail=scale.tail)
                runs[name].append(took.microseconds / count)
                phones.used(took.report.requests * count)
    result = {name: figure(each) for name, each in runs.items()}
    return {
        "us a recipient": result,
        "sendmessage to gencode": round(result["sendmessage"]["median"] / result["gencode"]["median"], 2),
        "one among 100 to one among 10": round(
            result["sendsimple 100"]["median"] / result["sendsimple 10"]["median"], 2
        ),
    }
