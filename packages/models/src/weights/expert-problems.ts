/**
 * What is wrong with the number of experts that a network has, whose tensors are called …experts.NUMBER.…:
 * one line for the first layer of which a file has another number.
 */
export const expertProblems = (parameters: Iterable<string>, stored: Iterable<string>): string[] => {
  const [expected, got] = [expertsOf(parameters), expertsOf(stored)];
  for (const [layer, experts] of expected) {
    const count = got.get(layer)?.size ?? 0;
    if (count !== experts.size) {
      return [`${layer}: expected ${experts.size} experts, as config.json says, got ${count}`];
    }
  }
  return [];
};

/** Numbers of the experts of each layer. */
const expertsOf = (names: Iterable<string>): ReadonlyMap<string, ReadonlySet<string>> => {
  const layers = new Map<string, Set<string>>();
  for (const name of names) {
    const [, layer, number] = /^(.*\.experts)\.(\d+)\./.exec(name) ?? [];
    if (layer === undefined) continue;
    layers.set(layer, (layers.get(layer) ?? new Set()).add(number!));
  }
  return layers;
};
