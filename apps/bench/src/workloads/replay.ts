import { type RecordingSpec, recordOutputs } from '../inputs/recorded-outputs.js';
import { processorTime } from '../measure/processor-time.js';
import type { Workload } from '../work/workload.js';
import { writeGuided } from '../work/write-guided.js';

/** A whole guided generation whose networks answer at once, with what they once gave: the arithmetic around them, in processor time. */
export const replay = async (spec: RecordingSpec): Promise<Workload> => {
  const { replayed } = await recordOutputs(spec);
  return {
    async run() {
      const writing = { ...replayed(), prompt: spec.prompts[0]!, seed: 0 };
      const { seconds, result } = await processorTime(() => writeGuided(spec, writing));
      return { seconds, units: result.guided, texts: result.texts };
    },
    async dispose() {},
  };
};
