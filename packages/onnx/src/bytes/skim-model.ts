import { InvalidModelError } from '@entrgi/core';

/** Bytes that can be read piecewise. */
export interface SkimmedSource {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Field numbers of onnx.proto. */
const GRAPH = 7;
const INITIALIZER = 5;
const tensor = { floatData: 4, rawData: 9, doubleData: 10, externalData: 13, dataLocation: 14 } as const;
/** What is packed as little-endian numbers, as external data is. */
const values: readonly number[] = [tensor.floatData, tensor.rawData, tensor.doubleData];
const EXTERNAL = 1;

/** Wire types of protobuf. */
const wire = { varint: 0, eight: 1, bytes: 2, four: 5 } as const;

/** Values of up to so many bytes stay: shapes and axes, which say what a graph does. */
const SMALL = 1024;

/**
 * A serialized model without the values of its initializers: those of more than a kilobyte become external
 * data, which is where they lie in the file itself, called `location`. What is left out is not read, so that
 * a model far away is known by some of its bytes.
 * @throws InvalidModelError for bytes that are no protobuf
 */
export const skimModel = async (source: SkimmedSource, location: string): Promise<Uint8Array> => {
  const file = window(source);
  const skimTensor = async (start: number, end: number): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    for await (const { number, type, at, from, to } of fields(file, start, end)) {
      if (type === wire.bytes && values.includes(number) && to - from > SMALL) {
        const entries = { location, offset: String(from), length: String(to - from) };
        for (const [key, value] of Object.entries(entries)) {
          parts.push(message(tensor.externalData, message(1, text(key)), message(2, text(value))));
        }
        parts.push(Uint8Array.from([...varint(tensor.dataLocation << 3), EXTERNAL]));
      } else parts.push(await file.read(at, to - at));
    }
    return joined(parts);
  };
  const skim = async (start: number, end: number, inside: number, within: typeof skimTensor) => {
    const parts: Uint8Array[] = [];
    for await (const { number, type, at, from, to } of fields(file, start, end)) {
      const isInside = number === inside && type === wire.bytes;
      parts.push(isInside ? message(number, await within(from, to)) : await file.read(at, to - at));
    }
    return joined(parts);
  };
  const skimGraph = (start: number, end: number) => skim(start, end, INITIALIZER, skimTensor);
  return skim(0, source.size, GRAPH, skimGraph);
};

interface Field {
  readonly number: number;
  readonly type: number;
  /** Where it begins with its tag, and where its value does and ends. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** The fields of a message, one after the other. */
async function* fields(file: SkimmedSource, start: number, end: number): AsyncGenerator<Field> {
  for (let at = start; at < end; ) {
    const tag = await readVarint(file, at, end);
    const type = tag.value & 7;
    let [from, to] = [tag.end, tag.end];
    if (type === wire.varint) to = (await readVarint(file, from, end)).end;
    else if (type === wire.eight) to += 8;
    else if (type === wire.four) to += 4;
    else if (type === wire.bytes) {
      const length = await readVarint(file, from, end);
      from = length.end;
      to = from + length.value;
    } else throw noModel(at);
    if (to > end) throw noModel(at);
    yield { number: Math.floor(tag.value / 8), type, at, from, to };
    at = to;
  }
}

/** Numbers have at most 10 bytes; larger than 2⁵³ none of those is that lengths and tags are. */
const readVarint = async (
  file: SkimmedSource,
  at: number,
  end: number,
): Promise<{ value: number; end: number }> => {
  const bytes = await file.read(at, Math.min(10, end - at));
  let value = 0;
  for (const [i, byte] of bytes.entries()) {
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  throw noModel(at);
};

const noModel = (at: number): InvalidModelError =>
  new InvalidModelError(`The bytes are not an ONNX model: no field is at ${at}.`, {
    value: at,
    hint: 'The file may be truncated, or of another format.',
  });

/** Reads ahead, the further the longer nothing was left out. */
const window = ({ size, read }: SkimmedSource): SkimmedSource => {
  const [least, most] = [2 ** 13, 2 ** 18];
  let [start, kept, ahead] = [0, new Uint8Array(0), least];
  return {
    size,
    async read(offset, length) {
      if (offset < start || offset + length > start + kept.length) {
        ahead = offset <= start + kept.length ? Math.min(most, 2 * ahead) : least;
        kept = Uint8Array.from(await read(offset, Math.min(size - offset, Math.max(length, ahead))));
        start = offset;
      }
      return kept.subarray(offset - start, offset - start + length);
    },
  };
};

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];

const message = (number: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const body = joined(parts);
  return joined([Uint8Array.from([...varint((number << 3) | wire.bytes), ...varint(body.length)]), body]);
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};
