import { openRawConnections, type RawConnections } from "../../network/raw-connections.ts";
import { HTTP2_PREFACE } from "./http2-preface.ts";

const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** The first six of the nine bytes that announce a HEADERS frame of 16 KiB. */
const BEGUN_FRAME = Buffer.from([0, 0x40, 0, 1, 4, 0]);
const OF_EACH = 8;

/** Where a server can fall silent before it has said anything: at once, within the preface, after it, within a frame. */
const BEGINNINGS: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from(HTTP2_PREFACE.slice(0, 10)),
  Buffer.from(HTTP2_PREFACE),
  Buffer.concat([Buffer.from(HTTP2_PREFACE), EMPTY_SETTINGS, BEGUN_FRAME]),
];

/** HS-034: opens 32 connections to an agent that begin, fall silent and stay open. Nobody else may have to wait for them. */
export function openSilentConnections(address: string): Promise<RawConnections> {
  return openRawConnections(
    address,
    BEGINNINGS.flatMap((bytes) => Array.from({ length: OF_EACH }, () => bytes)),
  );
}
