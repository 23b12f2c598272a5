"""The composition root: the one file that knows all parts."""

from __future__ import annotations

import importlib.util
import logging
import pkgutil
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import otp_sandbox.providers
import otp_specs
from otp_sandbox.checks import Contradiction, check_provider
from otp_sandbox.contract import Provider
from otp_sandbox.domain.store import Store
from otp_sandbox.domain.store_errors import StoreTrouble, StoreUnusable
from otp_sandbox.lanes.attempts import Attempts
from otp_sandbox.lanes.lane import DEFAULT
from otp_sandbox.lanes.real_time import never_back
from otp_sandbox.lanes.registry import LaneConflict, NewLane, Registry
from otp_sandbox.lanes.schedule import Schedule
from otp_sandbox.lanes.upkeep import Upkeep
from otp_sandbox.play.journal import Journal, Watch
from otp_sandbox.play.player import Player
from otp_sandbox.play.redaction import Redactor
from otp_sandbox.redis_address import RedisAddress
from otp_sandbox.setting_values import IN_FILE
from otp_sandbox.settings import SettingError, Settings, process_environment
from otp_sandbox.stores.coding import Coding
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.web.callbacks import Sender
from otp_sandbox.web.endpoint import Endpoint
from otp_sandbox.web.figures import Failures, Figures
from otp_sandbox.web.guard import Guard
from otp_sandbox.web.listeners import PortTaken, listen_at
from otp_sandbox.web.responses import Answer
from otp_sandbox.web.routes import Routes
from otp_sandbox.web.server import Server

if TYPE_CHECKING:
    from otp_sandbox.interception.authority import Authority

_LOG = logging.getLogger("otp_sandbox")


class Unusable(Exception):
    """The server cannot start; the text says why in one line."""


def find_providers(folder: Path = otp_specs.FOLDER) -> dict[str, Provider]:
    """Find what can be played: every folder in `otp_sandbox.providers` that has a spec, and every spec a folder.

    Raises:
        Unusable: a spec is broken, or does not fit its folder.
    """
    names = {module.name for module in pkgutil.iter_modules(otp_sandbox.providers.__path__) if module.ispkg}
    found = {}
    try:
        for name in sorted(names | set(otp_specs.available(folder))):
            spec = otp_specs.load(name, folder)
            _has_folder(name, names)
            provider: Provider = importlib.import_module(f"otp_sandbox.providers.{name}").provider(spec)
            check_provider(provider)
            found[name] = provider
    except (otp_specs.SpecError, Contradiction) as error:
        raise Unusable(str(error)) from error
    return found


def _has_folder(name: str, folders: set[str]) -> None:
    if name not in folders:
        raise Contradiction(f"{name}.yaml: mockserver/otp_sandbox/providers has no folder {name}")


def credential_keys(providers: Mapping[str, Provider]) -> dict[str, tuple[str, str]]:
    """Give the environment keys (without prefix) that replace the default lane's credentials."""
    return {
        f"{name}_{re.sub('(?<=[a-z])(?=[A-Z])', '_', field)}".upper(): (name, field)
        for name, provider in providers.items()
        for field in provider.identity.fields
    }


@dataclass(slots=True, repr=False)
class Sandbox:
    """A sandbox that runs."""

    settings: Settings
    providers: Mapping[str, Provider]
    store: Store
    registry: Registry
    schedule: Schedule
    upkeep: Upkeep
    sender: Sender
    server: Server
    redactor: Redactor
    failures: Failures
    authority: Authority | None = None

    def __repr__(self) -> str:  # asyncio shows what a task gave; all that is in here takes 20 ms to show
        return f"<Sandbox at {', '.join(self.server.urls) or 'no address yet'}>"

    async def start(self) -> None:
        """Make the lanes and listen.

        Raises:
            PortTaken: nobody can listen there.
            Unusable: the store cannot be opened, or a lane of the configuration cannot be made.
        """
        try:
            await self.registry.open()
            await self._make_lanes()
        except (StoreUnusable, StoreTrouble) as error:
            raise Unusable(str(error)) from error
        self.registry.follower.provide = self._make_lanes_again
        await self._listen()
        _LOG.addHandler(self.failures)
        self.upkeep.begin()

    async def _listen(self) -> None:
        """Bind every socket, so that a port that is taken stops all, and then answer."""
        settings, authority = self.settings, self.authority
        listeners, make_proxy = listen_at(settings.host, settings.port), None
        try:
            if settings.tls_port is not None and authority is not None:
                listeners += listen_at(settings.host, settings.tls_port, authority.context_for)
            if settings.proxy_port is not None and authority is not None:
                from otp_sandbox.web.proxy import listen_as_proxy  # noqa: PLC0415  (most servers are no proxy)

                make_proxy = listen_as_proxy(settings, authority, listeners)
        except PortTaken:
            for each in listeners:
                each.socket.close()
            raise
        await self.server.start(listeners, make_proxy)

    async def stop(self) -> None:
        """Stop within a second."""
        await self.upkeep.close()
        await self.server.stop()
        for lane in self.registry:
            lane.stop_timer()
        await self.registry.follower.close()
        await self.schedule.close()
        await self.sender.close()
        await self.store.close()
        _LOG.removeHandler(self.failures)

    async def _make_lanes(self) -> None:
        lanes = dict(self.settings.lanes)
        wanted = {DEFAULT: self._wanted(DEFAULT, lanes.pop(DEFAULT, {}), self.settings.credentials)}
        wanted |= {name: self._wanted(name, fields, {}) for name, fields in lanes.items()}
        for name, lane in wanted.items():
            if self.registry.get(name) is not None:  # a store that lasts has it from before
                continue
            try:
                await self.registry.create(lane)
            except LaneConflict as taken:
                if self.registry.get(name) is None:  # else another process was faster
                    raise Unusable(f"lanes: {taken.field}: {taken.detail}") from taken

    async def _make_lanes_again(self) -> None:
        try:
            await self._make_lanes()
        except Unusable as error:
            raise StoreTrouble(str(error)) from error

    def _wanted(self, name: str, fields: Mapping[str, Any], credentials: Mapping[str, Mapping[str, str]]) -> NewLane:
        if not fields and name == DEFAULT:
            return NewLane(id=name, credentials=credentials)
        from otp_sandbox.web.control.configured import read_lane_table  # noqa: PLC0415  (needs pydantic)

        try:
            return read_lane_table(self.registry, name, fields, credentials)
        except ValueError as error:
            raise Unusable(f"lanes.{name}.{error}") from error


def make_store(settings: Settings, providers: Mapping[str, Provider]) -> Store:
    """Make the store of the settings; nothing is opened yet."""
    limits = {"ring": settings.ring, "budget": settings.journal_bytes, "records": settings.phone_records}
    if settings.redis is not None:
        return _redis_store(settings, settings.redis, Coding(providers.values()), limits)
    if settings.store == "memory":
        return MemoryStore(**limits)
    from otp_sandbox.lanes import writes  # noqa: F401, PLC0415  (has a table that the file may have)
    from otp_sandbox.stores.sqlite import SqliteStore  # noqa: PLC0415  (most servers have no file)

    path = Path(str(settings.store).removeprefix(IN_FILE))
    return SqliteStore(path, Coding(providers.values()), sync=settings.store_sync, **limits)


def _redis_store(settings: Settings, address: RedisAddress, coding: Coding, limits: Mapping[str, int]) -> Store:
    try:
        from otp_sandbox.stores.redis.connecting import make_redis  # noqa: PLC0415  (an extra, and it takes 130 ms)
    except ModuleNotFoundError as missing:
        raise Unusable("store: a Redis needs the extra redis: install '.[redis]' where you installed '.'") from missing
    return make_redis(address, settings.store_prefix, coding, limits)


def build(
    settings: Settings,
    *,
    providers: Mapping[str, Provider] | None = None,
    store: Store | None = None,
    now: Callable[[], datetime] | None = None,
    watch: Watch | None = None,
    routes: Routes | None = None,
    registry_type: type[Registry] = Registry,
    endpoint_type: type[Endpoint] = Endpoint,
    player_type: type[Player] = Player,
    more_control: Sequence[Any] = (),
    authority: Authority | None = None,
) -> Sandbox:
    """Put a sandbox together. Every part can be replaced by argument; `more_control` adds control endpoints.

    `routes` are those of the providers: sandboxes of one process may share them.

    Raises:
        Unusable: a spec is broken or does not fit its provider.
        SettingError: the control API would be open to others by accident.
        AuthorityError: the CA cannot be used.
    """
    if settings.beyond_loopback and not (settings.control_token or settings.control_open):
        raise SettingError(
            f"host {settings.host} can be reached by others: set OTP_SANDBOX_CONTROL_TOKEN, or --control-open"
        )
    providers = providers if providers is not None else find_providers()
    store = store or make_store(settings, providers)
    now = now or never_back(store.real_now)
    attempts = Attempts(store)
    sender = Sender(attempts, settings.callback_targets)
    registry = registry_type(
        store,
        providers,
        settings.seed,
        now,
        most=settings.lanes_most,
        idle=settings.lane_idle,
        any_sender=settings.any_sender,
    )
    schedule = Schedule(store, registry, sender.attempt, attempts)
    for secret in (settings.control_token, *(settings.redis.secrets if settings.redis is not None else ())):
        registry.secrets.add(secret)
    names = frozenset[str]().union(*(each.identity.secrets for each in providers.values()))
    redactor = Redactor(names, registry.secrets)
    journal = Journal(store, redactor, watch or (lambda *_: None))
    endpoint = endpoint_type(
        registry,
        routes or Routes(providers.values()),
        player_type(store, schedule, now),
        journal,
        redactor,
        any_credentials=settings.any_credentials,
    )
    figures = Figures(journal.counts, Failures(), time.time())
    coding = Coding(providers.values())
    if authority is None and (settings.tls_port is not None or settings.proxy_port is not None):
        from otp_sandbox.interception.opening import open_authority  # noqa: PLC0415  (most servers have no CA)

        authority = open_authority(settings.state, process_environment(), providers.values())
    parts = (settings, providers, store, registry, schedule, sender, now, redactor, figures, coding, authority)
    control = _Control(more_control, *parts, lambda: server.urls, lambda: server.proxy_url)
    server: Server = Server(endpoint, control, endpoint.refuse, endpoint.note, body_most=settings.body_most)
    server.trouble = lambda: store.trouble
    upkeep = Upkeep(store, registry, schedule)
    return Sandbox(
        settings, providers, store, registry, schedule, upkeep, sender, server, redactor, figures.failures, authority
    )


class _Control:
    """The control API, loaded when it is first asked: pydantic is a third of the start-up time."""

    def __init__(self, more: Sequence[Any], *parts: Any) -> None:
        self._more = more
        self._parts = parts
        self._router: Any = None

    async def __call__(self, request: Any) -> Answer:
        if self._router is None:
            from otp_sandbox.web.control.endpoint import Control  # noqa: PLC0415
            from otp_sandbox.web.control.router import ControlRouter  # noqa: PLC0415

            control = Control(*self._parts)
            settings = control.settings
            hosts = frozenset(map(str.lower, settings.allowed_hosts))
            guard = Guard(settings.control_token, hosts, frozenset(settings.allowed_origins))
            self._router = ControlRouter(control, guard, self._more)
        answer: Answer = await self._router(request)
        return answer
