"""Starts the agent, with the variables of conformance/README.md, "Attaching an agent by command"."""

import asyncio
import ipaddress
import json
import logging
import os
import signal
import sys
from pathlib import Path

import grpc
from berth.handshake.v1 import handshake_pb2 as handshake
from berth.handshake.v1 import handshake_pb2_grpc as handshake_services
from berth.sync.v49 import operation_pb2_grpc as operation_services
from berth.sync.v49 import sync_pb2_grpc as sync_services

from .disk import write_whole
from .errors import ForgivingDecoder
from .handshake import HandshakeService
from .instance import Instances
from .limits import InvalidSetting, read_limits
from .operation_service import OperationService
from .operations import settle_former_life
from .sessions import Sessions
from .sync import SyncService


def loopback_address(text: str) -> str:
    """The host of `HOST:PORT`, which has to be loopback because this agent has no TLS (SEC-001)."""
    host, separator, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        raise InvalidSetting(f"BERTH_LISTEN is not ADDRESS:PORT: {text}") from None
    if not separator or not port.isdecimal():
        raise InvalidSetting(f"BERTH_LISTEN names no port: {text}")
    if not address.is_loopback:
        raise InvalidSetting(
            f"This agent has no TLS, so it listens on loopback alone, not on {text}: set BERTH_LISTEN to 127.0.0.1:PORT"
        )
    return host


async def serve(root: Path, listen: str, ready_file: Path | None, limits: handshake.Limits) -> None:
    host = loopback_address(listen)
    root.mkdir(parents=True, exist_ok=True)
    await settle_former_life(root)
    instances, sessions = Instances(root, limits), Sessions(limits.session_idle_ms)
    options = [
        ("grpc.max_receive_message_length", limits.max_message_bytes or -1),  # HS-030
        ("grpc.max_send_message_length", -1),
        ("grpc.so_reuseport", 0),  # two agents on one port would share its servers
    ]
    server = grpc.aio.server(options=options, interceptors=[ForgivingDecoder()])
    handshake_services.add_HandshakeServiceServicer_to_server(HandshakeService(instances, sessions, limits), server)
    sync_services.add_SyncServiceServicer_to_server(SyncService(sessions, limits), server)
    operation_services.add_OperationServiceServicer_to_server(OperationService(sessions, limits), server)
    port = server.add_insecure_port(listen)
    await server.start()
    if ready_file:
        write_whole(ready_file, json.dumps({"address": f"{host}:{port}"}).encode())

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await server.stop(grace=0.5)
    for instance in instances.opened():
        for operation in instance.operations.running():
            operation.end_host()  # its record goes on saying RUNNING, which the next life settles (OP-040)


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    root, ready_file = os.environ.get("BERTH_ROOT"), os.environ.get("BERTH_READY_FILE")
    listen = os.environ.get("BERTH_LISTEN", "127.0.0.1:44949")
    try:
        if not root:
            raise InvalidSetting("BERTH_ROOT is not set: it names the agent's root directory")
        asyncio.run(
            serve(Path(root).resolve(), listen, Path(ready_file) if ready_file else None, read_limits(os.environ))
        )
    except InvalidSetting as error:
        sys.exit(str(error))


main()
