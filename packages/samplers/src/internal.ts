// What the packages of this project share; it may change in any version.
export { type CandidateRule, selectCandidates } from './rows/select-candidates.js';
export {
  requireSampleNumbers,
  requireWholeBlocks,
  type SampleNumbers,
} from './settings/require-sample-numbers.js';
