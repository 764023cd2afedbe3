import type { Section } from '../cases/section.js';
import { guidedGenerations } from '../grid/guided-generations.js';

/** Whole guided generations by EntRGi, per guided step; a different prompt and seed in each round. */
export const generation: Section = async function* (settings) {
  for await (const { weightBytes, operations, ...work } of guidedGenerations(settings)) {
    const { parameters, threads } = work;
    const unit = 'guided step';
    const workload = { ...work.workload, unit } as const;
    yield {
      parameters,
      unit,
      threads,
      sides: [
        {
          name: 'generation',
          engine: 'entrgi',
          workload,
          operations,
          weightBytes: weightBytes('entrgi'),
        },
        {
          name: 'PyTorch: generation',
          engine: 'pytorch',
          workload,
          operations,
          weightBytes: weightBytes('pytorch'),
        },
      ],
    };
  }
};
