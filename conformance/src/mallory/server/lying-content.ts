/** SYNC-046: the bytes with one of them changed, so that they no longer have their digest. It is found when the content is whole. */
export function withWrongByte(bytes: Uint8Array, place: number): Buffer {
  const lying = Buffer.from(bytes);
  lying[place] = lying[place]! ^ 1;
  return lying;
}
