export { denoiserFiles, judgeFiles, moodFiles, rewardFiles } from './model-files.js';
export { openings } from './openings.js';
