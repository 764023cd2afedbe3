// What the packages of this project share; it may change in any version.
export { type JudgeSpec, judgeSpec } from './judges/judge-spec.js';
export { loadJudge } from './judges/load-judge.js';
export { checkJournal } from './plan/check-journal.js';
export { ofShard, type Shard, shardOf } from './plan/shard.js';
