"""The handshake: Negotiate (spec/handshake.md)."""

from collections.abc import Iterable

import grpc
from berth.handshake.v1 import handshake_pb2 as handshake
from berth.handshake.v1 import handshake_pb2_grpc as services

from . import instancing
from .errors import Refusal, ending_with_refusals
from .instance import Instances
from .sessions import Session, Sessions

AGENT_VERSION = 49
DIALECTS = [49]  # HS-009
FEATURES = ["server-identity@1"]  # zstd@1 is optional and left out


def check_range(request: handshake.NegotiateRequest) -> None:
    asked = request.dialects
    if not request.HasField("dialects") or asked.lowest < 1 or asked.highest < asked.lowest:
        raise Refusal(
            "MALFORMED_REQUEST",
            "The dialect range is missing, begins below 1 or is upside down.",
            "HS-010",
            field="dialects",
        )


def choose_dialect(asked: handshake.DialectRange, spoken: list[int]) -> int:
    """The highest dialect that both ends speak, or the side that has to be upgraded (HS-011 to HS-013)."""
    common = [dialect for dialect in spoken if asked.lowest <= dialect <= asked.highest]
    if common:
        return max(common)
    lowest, highest = min(spoken), max(spoken)
    details = {
        "agent_lowest": lowest,
        "agent_highest": highest,
        "server_lowest": asked.lowest,
        "server_highest": asked.highest,
    }
    ranges = f"The server speaks the dialects {asked.lowest} to {asked.highest}, the agent {lowest} to {highest}"
    if asked.highest < highest:
        raise Refusal("SERVER_TOO_OLD", f"{ranges}: the server has to be upgraded.", "HS-012", **details)
    raise Refusal("AGENT_TOO_OLD", f"{ranges}: the agent has to be upgraded.", "HS-013", **details)


def common_features(named: Iterable[str], served: list[str]) -> list[str]:
    """HS-016 and HS-017: what is unknown or cannot be read is equal to nothing that is served."""
    offered = set(named)
    return [feature for feature in served if feature in offered]


class HandshakeService(services.HandshakeServiceServicer):
    def __init__(self, instances: Instances, sessions: Sessions, limits: handshake.Limits) -> None:
        self._instances, self._sessions, self._limits = instances, sessions, limits

    @ending_with_refusals
    async def Negotiate(
        self, request: handshake.NegotiateRequest, context: grpc.aio.ServicerContext
    ) -> handshake.NegotiateResponse:
        # The order is that of the table "Negotiate: failures".
        instancing.check_product(request.product)
        instancing.check_version(request.product_version)
        server_id = instancing.read_server_id(request.server_id)
        instance_id = instancing.read_instance_id(request.instance_id)
        check_range(request)
        if len(request.wanted_manifest_digest) not in (0, 32):
            message = "The wanted manifest digest is neither empty nor 32 bytes long."
            raise Refusal("INVALID_DIGEST", message, "HS-023", field="wanted_manifest_digest")
        dialect = choose_dialect(request.dialects, DIALECTS)
        features = common_features(request.features, FEATURES)
        address = instancing.peer_address(context.peer())
        identity = "server-identity@1" in features
        place = instancing.choose(request.product, request.product_version, instance_id, server_id, identity, address)

        instance = await self._instances.open(place.name)
        if place.isolation == handshake.ISOLATION_INSTANCE_ID:  # INST-034: no other kind has an owner
            await instance.admit(server_id, self._limits.ownership_window_ms)
        present = instance.generations.find(request.wanted_manifest_digest.hex())
        session = Session(instance, address, server_id, confirmed=present)
        self._sessions.add(session)
        return handshake.NegotiateResponse(
            agent_version=AGENT_VERSION,
            dialect=dialect,
            features=features,
            isolation=place.isolation,
            instance_name=place.name,
            session_token=session.token,
            limits=self._limits,
            generation_present=present is not None,
        )
