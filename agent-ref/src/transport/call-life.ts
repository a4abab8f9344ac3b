import type { Call } from "./call.ts";
import { peerAddressOf } from "./peer-address.ts";

/** A call as long as it is under way, for what serves it. */
export interface CallLife extends Call {
  /** Tells everybody who asked that the call has ended. */
  ended(): void;
}

/** What every grpc-js call has that this needs. */
interface GrpcCall {
  getPeer(): string;
  once(event: "cancelled", listener: () => void): unknown;
}

/** Follows a call from now on. Undefined when its socket is gone already, so that there is nobody left to answer. */
export function followCall(grpcCall: GrpcCall): CallLife | undefined {
  const peerAddress = peerAddressOf(grpcCall.getPeer());
  if (peerAddress === undefined) return undefined;
  const gone = new AbortController();
  const listeners: (() => void)[] = [];
  grpcCall.once("cancelled", () => gone.abort());
  return {
    peerAddress,
    signal: gone.signal,
    onEnd: (listener) => listeners.push(listener),
    ended() {
      for (const listener of listeners) listener();
    },
  };
}
