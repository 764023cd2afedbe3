import type { Section } from '../cases/section.js';
import { guidedGenerations } from '../grid/guided-generations.js';

const ALONE = 'its passes alone';

/** The arithmetic around the networks of a whole guided generation, per guided step, against the passes that it cannot do without: processor time. */
export const arithmetic: Section = async function* (settings) {
  for await (const { parameters, threads, workload, weightBytes } of guidedGenerations(settings)) {
    const { kind: _, ...recorded } = workload;
    const common = { engine: 'entrgi', weightBytes: weightBytes('entrgi') } as const;
    yield {
      parameters,
      unit: 'guided step',
      threads,
      sides: [
        { name: ALONE, ...common, workload: { kind: 'passes', ...recorded } },
        { name: 'networks replayed', ...common, workload: { kind: 'replay', ...recorded } },
      ],
    };
  }
};
