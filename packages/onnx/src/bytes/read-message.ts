import { type BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** What a field holds: a number, text or bytes, or a message by its fields. */
type Kind = 'int32' | 'int64' | 'uint64' | 'float' | 'double' | 'string' | 'bytes' | Fields;

/** A field by its name; `many`: a list; otherwise the name of the oneof that it belongs to. */
type Field = readonly [name: string, kind: Kind, place?: 'many' | `oneof ${string}`];

/** The fields of a message by their numbers. */
export type Fields = Readonly<Record<number, Field>>;

/** Groups in groups that are stepped over. */
const DEEPEST_GROUP = 32;

type Message = Record<string, unknown>;

/** What a field is that is not there; a message is not there at all. */
const missing = {
  int32: 0,
  int64: 0n,
  uint64: 0n,
  float: 0,
  double: 0,
  string: '',
  bytes: new Uint8Array(0),
};

/**
 * Reads the next `length` bytes as a message, as protobuf does: of a field that is there several times the
 * last counts, messages are merged, lists appended, numbers taken one by one or packed, and unknown fields
 * left out. It throws what the reader throws.
 */
export const readMessage = (
  reader: BinaryReader,
  fields: Fields,
  length: number,
  message = emptyMessage(fields),
): Message => {
  const end = reader.pos + length;
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = fields[number];
    if (field === undefined) reader.skip(wireType, number, DEEPEST_GROUP);
    else readField(reader, field, wireType, message);
  }
  return message;
};

const emptyMessage = (fields: Fields): Message => {
  const message: Message = {};
  for (const [name, kind, place] of Object.values(fields)) {
    if (place === 'many') message[name] = [];
    else if (place !== undefined) message[oneofOf(place)] = { case: undefined };
    else message[name] = typeof kind === 'string' ? missing[kind] : undefined;
  }
  return message;
};

const oneofOf = (place: `oneof ${string}`): string => place.slice('oneof '.length);

const readField = (
  reader: BinaryReader,
  [name, kind, place]: Field,
  wireType: WireType,
  message: Message,
): void => {
  if (place === 'many') {
    const list = message[name] as unknown[];
    const isPacked =
      wireType === WireType.LengthDelimited &&
      typeof kind === 'string' &&
      kind !== 'string' &&
      kind !== 'bytes';
    if (!isPacked) list.push(readValue(reader, kind));
    else
      for (const end = reader.uint32() + reader.pos; reader.pos < end; ) list.push(readValue(reader, kind));
  } else if (place !== undefined) {
    const before = message[oneofOf(place)] as { case?: string; value?: Message };
    const value = readValue(reader, kind, before.case === name ? before.value : undefined);
    message[oneofOf(place)] = { case: name, value };
  } else message[name] = readValue(reader, kind, message[name] as Message | undefined);
};

const readValue = (reader: BinaryReader, kind: Kind, before?: Message): unknown => {
  if (typeof kind !== 'string') return readMessage(reader, kind, reader.uint32(), before);
  return kind === 'string' ? reader.string(true) : reader[kind]();
};
