"""Which instance a server gets: pure rules over what it said and what the socket says (spec/instancing.md)."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import unquote

from berth.handshake.v1 import handshake_pb2 as handshake

from .errors import Refusal

MINIMUM_VERSIONS = {"buildmaster": "6.1.20", "otter": "2.2.10"}  # INST-006
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NIL_UUID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Place:
    """How far a server is kept apart, and the name of its instance."""

    isolation: int
    name: str


def lower(text: str) -> str:
    """ASCII letters in lower case, everything else as it is: INST-004, INST-012, INST-023."""
    return re.sub("[A-Z]+", lambda letters: letters[0].lower(), text)


def check_product(text: str) -> None:
    if not re.fullmatch(r"[\x20-\x7e]{1,64}", text) or text != text.strip(" "):
        raise Refusal(
            "INVALID_PRODUCT",
            "The product is not 1 to 64 characters of printable ASCII without a space at its ends.",
            "INST-001",
        )


def check_version(text: str) -> None:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}){0,7}", text):
        raise Refusal(
            "INVALID_PRODUCT_VERSION",
            "The product version is not 1 to 8 numbers of 1 to 9 digits with dots between.",
            "INST-002",
        )


def version_key(text: str) -> tuple[int, ...]:
    """What versions are compared by; a missing number counts as zero (INST-003)."""
    numbers = [int(number) for number in text.split(".")]
    return tuple(numbers + [0] * (8 - len(numbers)))


def read_server_id(text: str) -> str:
    """The server_id in lower case, or the empty text where there is none (INST-021, INST-023)."""
    if text and (not UUID.fullmatch(text) or text == NIL_UUID):
        raise Refusal(
            "INVALID_SERVER_ID", "The server_id is not a UUID in text form, or it is the nil UUID.", "INST-021"
        )
    return text.lower()


def read_instance_id(text: str) -> str:
    """The InstanceId trimmed and in lower case, or the empty text where it is unset (INST-010 to INST-012)."""
    trimmed = text.strip(" \t")
    if not re.fullmatch(r"[\x20-\x7e]{0,64}", trimmed):
        raise Refusal(
            "INVALID_INSTANCE_ID", "The InstanceId is longer than 64 characters or not printable ASCII.", "INST-011"
        )
    return lower(trimmed)


def canonical_address(text: str) -> str | None:
    """An address as INST-015 writes it, or None for what is none."""
    try:
        address = ipaddress.ip_address(text.split("%")[0] if ":" in text else text)
    except ValueError:
        return None
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)


def peer_address(grpc_peer: str) -> str:
    """The canonical address of a socket as gRPC names it, such as `ipv6:%5B::1%5D:1234` (INST-015, INST-017)."""
    _, _, rest = unquote(grpc_peer).partition(":")
    address = canonical_address(rest.rpartition(":")[0].strip("[]"))
    if address is None:
        raise ValueError(f"gRPC names no address: {grpc_peer}")
    return address


def encode(text: str) -> str:
    """INST-050: the mapping loses nothing but case, and no name can climb out of its folder."""
    return re.sub("[^a-z0-9-]", lambda character: f"_{ord(character[0]):02x}", lower(text))


def choose(product: str, version: str, instance_id: str, server_id: str, server_identity: bool, address: str) -> Place:
    """The decision of the picture in spec/instancing.md; every text is in its canonical form already."""
    folder = f"p-{encode(product)}"
    minimum = MINIMUM_VERSIONS.get(lower(product))
    if minimum and version_key(version) < version_key(minimum):
        if instance_id:
            message = f"{product} {version} cannot have an InstanceId; {minimum} is the first version that can."
            raise Refusal("INSTANCING_UNSUPPORTED", message, "INST-007", minimum_version=minimum)
        return Place(handshake.ISOLATION_PRODUCT, f"{folder}/shared")
    if instance_id:
        return Place(handshake.ISOLATION_INSTANCE_ID, f"{folder}/i-{encode(instance_id)}")
    if server_identity and server_id:
        return Place(handshake.ISOLATION_SERVER, f"{folder}/s-{server_id}")
    return Place(handshake.ISOLATION_ADDRESS, f"{folder}/a-{encode(address)}")
