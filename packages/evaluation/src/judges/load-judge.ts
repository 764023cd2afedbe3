import { classifierJudge } from './classifier-judge.js';
import { endpointJudge } from './endpoint-judge.js';
import type { Judge } from './judge.js';
import type { JudgeSpec } from './judge-spec.js';

/** Makes the judge that a specification says. */
export const loadJudge = async (spec: JudgeSpec, threads?: number): Promise<Judge> =>
  spec.kind === 'endpoint'
    ? endpointJudge(spec.options)
    : classifierJudge(spec.source, { label: spec.label, threads });
