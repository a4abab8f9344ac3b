import protobuf from "protobufjs";

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A number far beyond those in use; later versions of the schema count up from the last one, so none of these is ever taken. */
const FIRST_UNKNOWN = 10_000;

/**
 * A message as a later version of the schema could write it: in it and in every message inside it, a field of each kind that no reader of
 * today knows, before and after those it knows. Nothing that is known changes.
 */
export function withUnknownFields(type: protobuf.Type, bytes: Uint8Array): Buffer {
  const reader = protobuf.Reader.create(bytes);
  const pieces: Uint8Array[] = [unknownFields(FIRST_UNKNOWN)];
  while (reader.pos < reader.len) {
    const begin = reader.pos;
    const tag = reader.uint32();
    const [number, kind] = [tag >>> 3, tag & 7];
    const field = type.fieldsById[number]?.resolve();
    if (kind === LENGTH_DELIMITED && field?.resolvedType instanceof protobuf.Type) {
      const inner = withUnknownFields(field.resolvedType, reader.bytes());
      pieces.push(protobuf.Writer.create().uint32(tag).bytes(inner).finish());
    } else {
      reader.skipType(kind);
      pieces.push(bytes.subarray(begin, reader.pos));
    }
  }
  return Buffer.concat([...pieces, unknownFields(FIRST_UNKNOWN + 10)]);
}

function unknownFields(first: number): Uint8Array {
  const tag = (offset: number, kind: number): number => ((first + offset) << 3) | kind;
  return protobuf.Writer.create()
    .uint32(tag(0, VARINT))
    .uint32(7)
    .uint32(tag(1, FIXED64))
    .double(0.5)
    .uint32(tag(2, LENGTH_DELIMITED))
    .string("new")
    .uint32(tag(3, FIXED32))
    .float(0.5)
    .finish();
}
