import type { Random } from './random.js';
import type { Mutation } from './target.js';

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i += 1) value = [value];
  return value;
};

const values: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => true,
  () => false,
  (random) => random.pick([0, -1, 1, 0.5, 2 ** 31, -(2 ** 31), 2 ** 53, 1e308, -1e308, 1e-320, 65535, 1e6]),
  () => '',
  (random) =>
    random.pick(['constructor', '__proto__', 'toString', '\u0000', '\ud800', '\ue000', '▁', 'Ġ', '../..']),
  (random) =>
    random.pick(['a', ' ', '\\', '(', '(a+)+$', '.*', '$&', '{{', '{% for']).repeat(1 + random.below(40)),
  () => [],
  () => ({}),
  (random) => nested(random.pick([1, 10, 500])),
  (random) => Array.from({ length: random.below(300) }, (_, i) => i),
];

type Container = Record<string, unknown> | unknown[];

/** Every object and list in the value. */
const containersOf = (value: unknown, found: Container[] = []): Container[] => {
  if (typeof value !== 'object' || value === null) return found;
  found.push(value as Container);
  for (const each of Object.values(value)) containersOf(each, found);
  return found;
};

/** A value of the document replaced, removed, renamed, moved or repeated. What is no JSON comes back as it is. */
export const mutateJson: Mutation = (bytes, random) => {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return bytes;
  }
  const containers = containersOf(document);
  if (containers.length === 0) return new TextEncoder().encode(JSON.stringify(random.pick(values)(random)));
  const container = random.pick(containers);
  const keys = Object.keys(container);
  const record = container as Record<string, unknown>;
  const key = keys.length === 0 ? 'key' : random.pick(keys);
  switch (random.below(6)) {
    case 0:
    case 1:
      record[key] = random.pick(values)(random);
      break;
    case 2:
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete record[key];
      break;
    case 3: {
      const { [key]: value } = record;
      const other = keys.length === 0 ? key : random.pick(keys);
      record[key] = record[other];
      record[other] = value;
      break;
    }
    case 4:
      record[key] = structuredClone(random.pick(containers));
      break;
    default: {
      const value = record[key];
      if (typeof value === 'number') record[key] = value * random.pick([-1, 2, 1e9, 0.5]) + random.below(2);
      else if (typeof value === 'string') record[key] = value.slice(random.below(value.length + 1));
      else if (!Array.isArray(container))
        record[random.pick(['constructor', '__proto__', 'type', '0'])] = value;
      else container.push(value);
    }
  }
  return new TextEncoder().encode(JSON.stringify(document));
};
