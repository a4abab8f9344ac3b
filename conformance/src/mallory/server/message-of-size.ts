/** The tag of field 500, which is in no message, with the wire type of a length and so many bytes. */
const UNKNOWN_FIELD = Buffer.from([0xa2, 0x1f]);

/**
 * HS-030, HS-031: a message of exactly so many bytes, all of them in one field that nobody knows. Of `max_message_bytes` it has to be read,
 * of one byte more refused with RESOURCE_EXHAUSTED. It says nothing else, so that as a greeting it is refused for its missing product.
 *
 * @throws {RangeError} for the few sizes that one field cannot have, such as 131: a longer content would need a longer length before it.
 */
export function messageOfSize(totalBytes: number): Buffer {
  const beside = totalBytes - UNKNOWN_FIELD.length;
  const length = beside - varint(beside - varint(beside).length).length;
  const message = Buffer.concat([UNKNOWN_FIELD, varint(length), Buffer.alloc(length)]);
  if (message.length !== totalBytes)
    throw new RangeError(`no message of one field has ${totalBytes} bytes; try one more`);
  return message;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Buffer.from([...bytes, left]);
}
