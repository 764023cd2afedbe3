import type { JudgeSpec } from '../plan/judge-spec.js';
import { classifierJudge } from './classifier-judge.js';
import type { Judge } from './judge.js';

/** Makes the judge that a specification says. */
export const loadJudge = ({ source }: JudgeSpec, threads?: number): Promise<Judge> =>
  classifierJudge(source, { threads });
