"""The vectors of proto/vectors, held against the pure rules of this agent. Every entry is one subtest."""

import json
import unittest
from pathlib import Path
from typing import Any

import berth_agent  # finds the generated messages, so it stands first
from berth.handshake.v1 import handshake_pb2 as handshake
from berth_agent import handshake as greeting
from berth_agent import instancing, manifest, paths
from berth_agent.errors import Refusal

VECTORS = Path(__file__).resolve().parents[4] / "proto" / "vectors"


class Vectors(unittest.TestCase):
    def check(self, file: str, rules: dict[str, Any]) -> None:
        entries = json.loads((VECTORS / file).read_text())
        asked = [entry for entry in entries if entry.get("rule", "") in rules]
        self.assertGreater(len(asked), 0, f"{file} has entries")
        for entry in asked:
            with self.subTest(f"{file}: {entry['name']}"):
                self.assertEqual(rules[entry.get("rule", "")](**entry["input"]), entry["expected"])

    def test_products(self) -> None:
        self.check("product.json", {"parse": accepted(instancing.check_product), "compare": equal_products})

    def test_versions(self) -> None:
        rules = {"parse": accepted(instancing.check_version), "compare": order_of_versions, "minimum": minimum_of}
        self.check("version.json", rules)

    def test_instance_ids(self) -> None:
        self.check("instance-id.json", {"": instance_id_of})

    def test_addresses(self) -> None:
        self.check("address.json", {"": lambda address: {"canonical": instancing.canonical_address(address)}})

    def test_instance_names(self) -> None:
        self.check(
            "instance-name.json", {"encode": lambda text: {"encoded": instancing.encode(text)}, "choose": place_of}
        )

    def test_dialects(self) -> None:
        self.check("dialect.json", {"": dialect_of})

    def test_features(self) -> None:
        self.check(
            "feature.json", {"common": lambda server, agent: {"features": greeting.common_features(server, agent)}}
        )

    def test_paths(self) -> None:
        self.check("path.json", {"": path_fault})
        self.check("path.json", {"": lambda paths: path_fault(paths[::-1])})

    def test_manifests(self) -> None:
        self.check("manifest.json", {"parse": manifest_facts})


def accepted(check: Any) -> Any:
    def rule(text: str) -> dict[str, Any]:
        try:
            check(text)
        except Refusal:
            return {"refused": True}
        return {"accepted": text}

    return rule


def equal_products(a: str, b: str) -> dict[str, Any]:
    return {"equal": instancing.lower(a) == instancing.lower(b)}


def order_of_versions(a: str, b: str) -> dict[str, Any]:
    left, right = instancing.version_key(a), instancing.version_key(b)
    return {"order": (left > right) - (left < right)}


def minimum_of(product: str) -> dict[str, Any]:
    return {"minimum": instancing.MINIMUM_VERSIONS.get(instancing.lower(product))}


def instance_id_of(text: str) -> dict[str, Any]:
    try:
        return {"instance_id": instancing.read_instance_id(text) or None}
    except Refusal:
        return {"refused": True}


def place_of(
    product: str,
    product_version: str,
    instance_id: str | None,
    server_id: str | None,
    server_identity: bool,
    peer_address: str,
) -> dict[str, Any]:
    try:
        place = instancing.choose(
            product, product_version, instance_id or "", server_id or "", server_identity, peer_address
        )
    except Refusal as refusal:
        return {"error": refusal.code, **refusal.details}
    return {
        "isolation": handshake.Isolation.Name(place.isolation).removeprefix("ISOLATION_"),
        "instance_name": place.name,
    }


def dialect_of(server: dict[str, int] | None, agent: list[int]) -> dict[str, Any]:
    request = handshake.NegotiateRequest(dialects=handshake.DialectRange(**server) if server else None)
    try:
        greeting.check_range(request)
        return {"dialect": greeting.choose_dialect(request.dialects, agent)}
    except Refusal as refusal:
        return {"error": refusal.code}


def path_fault(paths_of_package: list[str] | None = None, *, paths: list[str] | None = None) -> dict[str, Any]:
    package = _PackagePaths()
    for path in paths_of_package or paths or []:
        if fault := package.fault_of(path):
            return {"refused": fault[0]}
    return {"accepted": True}


def manifest_facts(lines: list[str] | None = None, text: str | None = None, hex: str | None = None) -> dict[str, Any]:
    if lines is not None:
        data = "".join(f"{line}\n" for line in lines).encode()
    else:
        data = bytes.fromhex(hex) if hex is not None else (text or "").encode()
    try:
        read = manifest.parse(data)
    except Refusal as refusal:
        clause = {"clause": refusal.clause} if refusal.code == "PATH_REFUSED" else {}
        return {"error": refusal.code, "line": int(refusal.details["line"]), **clause}
    contents = [{"sha256": digest, "bytes": size} for digest, size in read.contents.items()]
    return {
        "sha256": read.digest,
        "files": len(read.files),
        "bytes": str(sum(file.size for file in read.files)),
        "contents": contents,
    }


_PackagePaths = paths.PackagePaths

if __name__ == "__main__":
    unittest.main()
