/** Half as much again, in whole postings of eight ints: growth stays cheap, and little room stays empty. */
function grown(length: number): number {
  return Math.ceil((length + (length >>> 1)) / 8) * 8;
}

/** A copy of a typed array with room for at least `length` elements. */
export function grownInt32(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(Math.max(length, grown(array.length)));
  copy.set(array);
  return copy;
}

export function grownUint32(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(Math.max(length, grown(array.length)));
  copy.set(array);
  return copy;
}

export function grownUint8(array: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(Math.max(length, grown(array.length)));
  copy.set(array);
  return copy;
}

/** FNV-1a over the UTF-16 code units: an unsigned 32-bit hash. */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
