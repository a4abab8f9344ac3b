/** A message as it came in, with its serialized length, which limits are about. */
export interface Received<T> {
  readonly message: T;
  readonly bytes: number;
}

/** Makes a deserializer keep the serialized length. */
export function keepingLength<T>(deserialize: (bytes: Buffer) => T): (bytes: Buffer) => Received<T> {
  return (bytes) => ({ message: deserialize(bytes), bytes: bytes.length });
}
