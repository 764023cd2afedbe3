import type { Section, SectionSettings, Side } from '../cases/section.js';
import { guidedGenerations } from '../grid/guided-generations.js';
import type { Switches } from '../workloads/generate.js';

const EVERYTHING_ON = 'everything on';

/** Each way of sparing work that leaves the result as it is, turned off. */
const off: Readonly<Switches> = {
  prefixReuse: false,
  vocabularyTolerance: 0,
  stopAtEnd: false,
  skipRedundant: false,
};

/** Whole guided generations with everything on, with one switch turned off at a time, and with all of them off: the texts should be the same. */
export const switches: Section = async function* (settings) {
  const sizes = withIdleSteps(settings);
  for await (const { parameters, threads, workload, weightBytes } of guidedGenerations({
    ...settings,
    ...sizes,
  })) {
    const unit = 'generation';
    const side = (name: string, turned: Switches): Side => ({
      name,
      engine: 'entrgi',
      workload: { ...workload, unit, switches: turned },
      weightBytes: weightBytes('entrgi'),
    });
    yield {
      parameters: { ...parameters, response: sizes.responseLength },
      unit,
      threads,
      sides: [
        side(EVERYTHING_ON, {}),
        ...Object.entries(off).map(([name, value]) => side(`${name}: ${value}`, { [name]: value })),
        side('everything off', off),
      ],
    };
  }
};

/** Steps in which nothing is revealed take more steps than tokens: as asked for where that is so, else 16 tokens in 24 steps. */
const withIdleSteps = ({ steps, responseLength }: SectionSettings) =>
  steps > responseLength ? { steps, responseLength } : { steps: 24, responseLength: 16 };
