"""Several servers of Redis that work together: a master that sentinels watch, and a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from equipment.redis_server import HOST, REDIS, Redis, free_port, replica, running, until

SLOTS: Final = 16_384
MASTER: Final = "sandbox"
"""What sentinels call the master."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A master, its replica, and the sentinels that make a master of the replica when the master is away."""

    master: Redis
    replica: Redis
    sentinels: list[Redis]

    @property
    def hosts(self) -> str:
        """The sentinels as they stand in a URL: hosts with ports, and commas."""
        return ",".join(f"{HOST}:{each.port}" for each in self.sentinels)

    def port_of_master(self) -> int:
        """Ask the first sentinel who is master now."""
        told = self.sentinels[0].ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)
        assert isinstance(told, list)
        return int(str(told[1]))


@contextmanager
def watched(sentinels: int = 1, program: str = REDIS) -> Iterator[Watched]:
    """Run a master and a replica that sentinels watch, until the block ends.

    A master that is killed is missed after a fifth of a second.
    """
    with ExitStack() as all_of_them:
        master = all_of_them.enter_context(running(program))
        follows = all_of_them.enter_context(replica(master))
        conf = (
            f"sentinel monitor {MASTER} {HOST} {master.port} {sentinels // 2 + 1}\n"
            f"sentinel down-after-milliseconds {MASTER} 200\nsentinel failover-timeout {MASTER} 2000\n"
        )
        watch = [all_of_them.enter_context(running(program, conf=conf, more=["--sentinel"])) for _ in range(sentinels)]
        found = Watched(master, follows, watch)
        until(lambda: all(_knows(each, sentinels - 1) for each in watch))
        yield found


@contextmanager
def cluster(masters: int = 3, program: str = REDIS) -> Iterator[list[Redis]]:
    """Run masters that share all slots, until the block ends."""
    with ExitStack() as all_of_them:
        nodes = []
        for _ in range(masters):
            bus = ["--cluster-enabled", "yes", "--cluster-port", str(free_port()), "--cluster-node-timeout", "1000"]
            nodes.append(all_of_them.enter_context(running(program, more=bus)))
        bounds = [SLOTS * number // masters for number in range(masters + 1)]
        for number, node in enumerate(nodes):
            node.ask("CLUSTER", "ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            if number:
                node.ask("CLUSTER", "MEET", HOST, nodes[0].port, *nodes[0].more[3:4])
        until(lambda: all(_whole(node, masters) for node in nodes))
        yield nodes


def _knows(sentinel: Redis, others: int) -> bool:
    """Whether a sentinel has found the replica, and the other sentinels."""
    told = sentinel.ask("SENTINEL", "MASTER", MASTER)
    assert isinstance(told, list)
    fields = dict(zip(told[::2], told[1::2], strict=True))
    return (fields["num-slaves"], fields["num-other-sentinels"]) == ("1", str(others))


def _whole(node: Redis, nodes: int) -> bool:
    """Whether a node of a cluster sees all of it at work."""
    told = str(node.ask("CLUSTER", "INFO"))
    return "cluster_state:ok" in told and f"cluster_known_nodes:{nodes}\r" in told
