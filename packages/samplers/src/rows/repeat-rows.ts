import { nextTurn, type RowLogits, turnIsDue } from '@entrgi/core';

/**
 * Rows of logits for slots of which several may have the same: row r is row `sources[r]` of those given,
 * which are copied only where there are more.
 */
export const repeatRows = async (
  logits: RowLogits,
  sources: Int32Array,
  signal: AbortSignal | undefined,
): Promise<RowLogits> => {
  if (sources.length === logits.offsets.length - 1) return logits;
  const { size, offsets, values, tokenIds, rest } = logits;
  const repeated = new Int32Array(sources.length + 1);
  sources.forEach((source, row) => {
    repeated[row + 1] = repeated[row]! + offsets[source + 1]! - offsets[source]!;
  });
  const total = repeated[sources.length]!;
  const all = {
    values: new Float32Array(total),
    tokenIds: tokenIds === undefined ? undefined : new Int32Array(total),
  };
  for (let row = 0; row < sources.length; row++) {
    const [start, end] = [offsets[sources[row]!]!, offsets[sources[row]! + 1]!];
    all.values.set(values.subarray(start, end), repeated[row]!);
    if (tokenIds !== undefined) all.tokenIds!.set(tokenIds.subarray(start, end), repeated[row]!);
    if (turnIsDue()) await nextTurn(signal);
  }
  const pick = (sums: Float64Array) => Float64Array.from(sources, (source) => sums[source]!);
  const pickSums = ({ mass, energy }: NonNullable<typeof rest>['tempered']) => ({
    mass: pick(mass),
    energy: pick(energy),
  });
  return {
    size,
    offsets: repeated,
    ...all,
    rest: rest && {
      highest: pick(rest.highest),
      untempered: pickSums(rest.untempered),
      tempered: pickSums(rest.tempered),
    },
  };
};
