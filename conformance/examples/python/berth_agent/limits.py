"""The limits that the agent announces and enforces (spec/handshake.md, "Limits"); zero means none of its own."""

from collections.abc import Mapping

from berth.handshake.v1 import handshake_pb2 as handshake

DEFAULTS = {
    "max_message_bytes": 4 << 20,
    "max_data_bytes": 1 << 20,
    "max_manifest_bytes": 64 << 20,
    "max_files": 200_000,
    "instance_quota_bytes": 20 << 30,
    "session_idle_ms": 10 * 60_000,
    "sync_idle_ms": 60_000,
    "max_wait_ms": 30_000,
    "max_operations": 32,
    "max_output_bytes": 64 << 20,
    "max_operation_ms": 24 * 3_600_000,
    "max_argument_bytes": 100_000,
    "ownership_window_ms": 7 * 24 * 3_600_000,
}
LEAST = {"max_message_bytes": 1_114_112, "max_data_bytes": 65_536}  # HS-032


class InvalidSetting(Exception):
    """A setting that cannot be followed. The agent does not start with another one instead (SEC-005)."""


def read_limits(environment: Mapping[str, str]) -> handshake.Limits:
    """The defaults, with what the variables `BERTH_LIMIT_<NAME>` say instead. Raises InvalidSetting."""
    limits = handshake.Limits()
    for name, default in DEFAULTS.items():
        variable = f"BERTH_LIMIT_{name.upper()}"
        try:
            setattr(limits, name, int(environment.get(variable, default)))
        except ValueError:  # no number, or one that the field cannot hold
            raise InvalidSetting(f"{variable} is no limit: {environment[variable]}") from None
        if 0 < getattr(limits, name) < LEAST.get(name, 0):
            raise InvalidSetting(f"{variable} has to be 0 or at least {LEAST[name]}")
    return limits


def seconds(milliseconds: int) -> float | None:
    """A time limit as asyncio takes it: None where there is none."""
    return milliseconds / 1000 if milliseconds else None
