// What the packages of this project share; it may change in any version.
export { type PromptEntry, parsePrompts } from './data/parse-prompts.js';
export { type JudgeSpec, judgeSpec } from './judges/judge-spec.js';
export { loadJudge } from './judges/load-judge.js';
export { checkJournal, type SettingDifference } from './plan/check-journal.js';
export { ofShard, type Shard, shardOf } from './plan/shard.js';
