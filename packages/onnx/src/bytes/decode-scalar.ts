import { InvalidModelError } from '@entrgi/core';

/** A 64-bit integer as a number; throws InvalidModelError beyond ±2⁵³. */
export function decodeInteger(value: bigint, what: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new InvalidModelError(`${what}: expected an integer within ±2⁵³, got ${value}.`, { value });
  }
  return number;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text; throws InvalidModelError where they are not UTF-8. */
export function decodeText(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new InvalidModelError(`${what}: expected UTF-8 text.`, { value: bytes.slice(0, 32), cause });
  }
}
