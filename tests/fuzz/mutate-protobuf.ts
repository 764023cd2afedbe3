import type { Random } from './random.js';
import type { Mutation } from './target.js';

interface Field {
  readonly tag: bigint;
  value: bigint | Uint8Array;
}

const integers = [
  0n,
  1n,
  2n,
  3n,
  7n,
  11n,
  16n,
  64n,
  65_537n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 53n,
  2n ** 62n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** The fields of a message; undefined for bytes that are none. */
const fieldsOf = (bytes: Uint8Array): Field[] | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 70n && at < bytes.length; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  const fields: Field[] = [];
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag >> 3n === 0n || tag > 0xffffn) return undefined;
    const kind = Number(tag & 7n);
    if (kind === 0) {
      const value = varint();
      if (value === undefined) return undefined;
      fields.push({ tag, value });
    } else {
      const length = kind === 2 ? varint() : kind === 5 ? 4n : kind === 1 ? 8n : undefined;
      if (length === undefined || BigInt(at) + length > BigInt(view.byteLength)) return undefined;
      fields.push({ tag, value: bytes.subarray(at, at + Number(length)) });
      at += Number(length);
    }
  }
  return fields;
};

const bytesOf = (fields: readonly Field[]): Uint8Array => {
  const parts: Uint8Array[] = [];
  const varint = (value: bigint): void => {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    parts.push(Uint8Array.from(bytes));
  };
  for (const { tag, value } of fields) {
    varint(tag);
    if (typeof value === 'bigint') varint(value);
    else {
      if ((tag & 7n) === 2n) varint(BigInt(value.length));
      parts.push(value);
    }
  }
  return Buffer.concat(parts);
};

const leaf = (value: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array => {
  switch (random.below(4)) {
    case 0:
      return value.subarray(0, random.below(value.length + 1));
    case 1: {
      const copy = new Uint8Array(value);
      if (copy.length > 0) copy[random.below(copy.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
      return copy;
    }
    case 2: {
      // Eight bytes are an int64 element.
      const copy = new Uint8Array(value);
      const at = 8 * random.below(Math.floor(copy.length / 8));
      if (copy.length >= 8)
        new DataView(copy.buffer, copy.byteOffset).setBigUint64(at, random.pick(integers), true);
      return copy;
    }
    default: {
      const fields = fieldsOf(random.pick(others)) ?? [];
      const field = fields.length === 0 ? undefined : random.pick(fields);
      return field?.value instanceof Uint8Array && field.value.length < 200 ? field.value : value;
    }
  }
};

/** A field of the message, or of a message in it, changed, removed, repeated or swapped; the lengths around it are right again. */
export const mutateProtobuf: Mutation = (bytes, random, others) => {
  const fields = fieldsOf(bytes);
  if (fields === undefined || fields.length === 0) return leaf(bytes, random, others);
  const i = random.below(fields.length);
  const field = fields[i]!;
  const { value } = field;
  const action = random.below(16);
  if (action === 0) fields.splice(i, 1);
  else if (action === 1) fields.splice(i, 0, { ...field });
  else if (action === 2) {
    const j = random.below(fields.length);
    [fields[i], fields[j]] = [fields[j]!, field];
  } else if (action === 3) {
    const j = random.below(fields.length);
    if (typeof fields[j]!.value === typeof value) field.value = fields[j]!.value;
  } else if (typeof value === 'bigint') {
    field.value = random.pick([...integers, value + 1n, value * 2n]) & (2n ** 64n - 1n);
  } else field.value = mutateProtobuf(value, random, others);
  return bytesOf(fields);
};
