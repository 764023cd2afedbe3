import { mean, standardError } from '../measure/statistics.js';
import type { MethodRecord } from './method-record.js';

/**
 * Top@1 and Avg@K per method, mean ± standard error over prompts (each prompt's mean over its seeds), with the difference to `baseline` on
 * the same prompts and seeds. Only prompts that every method has finished count.
 */
export function methodTable(records: readonly MethodRecord[], baseline = 'bon'): string {
  const methods = [...new Set(records.map(({ method }) => method))];
  const key = ({ seed, opening }: MethodRecord) => `${seed} ${opening}`;
  const byMethod = new Map(
    methods.map((method) => [
      method,
      new Map(records.filter((r) => r.method === method).map((r) => [key(r), r])),
    ]),
  );
  const shared = [...byMethod.get(baseline)!.values()].filter((r) =>
    methods.every((m) => byMethod.get(m)!.has(key(r))),
  );
  const seeds = new Set(shared.map(({ seed }) => seed));
  const perOpening = (method: string, of: (record: MethodRecord, base: MethodRecord) => number): number[] => {
    return [...groupByOpening(shared).values()].map((group) =>
      mean(group.map((base) => of(byMethod.get(method)!.get(key(base))!, base))),
    );
  };
  const cell = (values: readonly number[]) =>
    `${mean(values).toFixed(2)} ± ${standardError(values).toFixed(2)}`;
  const signed = (values: readonly number[]) => (mean(values) >= 0 ? '+' : '') + cell(values);
  const lines = methods.map((method) => {
    const top = cell(perOpening(method, (record) => record.top1));
    const avg = cell(perOpening(method, (record) => record.avg));
    const gain =
      method === baseline
        ? ['–', '–']
        : [
            signed(perOpening(method, (record, base) => record.top1 - base.top1)),
            signed(perOpening(method, (record, base) => record.avg - base.avg)),
          ];
    return `| ${method} | ${top} | ${avg} | ${gain.join(' | ')} |`;
  });
  const openings = new Set(shared.map(({ opening }) => opening)).size;
  return [
    `${openings} openings, seeds ${[...seeds].toSorted().join(', ')}`,
    '',
    `| method | Top@1 | Avg@K | Top@1 − ${baseline} | Avg@K − ${baseline} |`,
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

const groupByOpening = (records: readonly MethodRecord[]): Map<number, MethodRecord[]> => {
  const groups = new Map<number, MethodRecord[]>();
  for (const record of records) groups.set(record.opening, [...(groups.get(record.opening) ?? []), record]);
  return groups;
};
