export { type BackendCase, type BackendSubject, backendCases } from './backend-cases.js';
export { expectAllClose, type Tolerance } from './expect-all-close.js';
export { expectRewardGradient, type RewardGradientOptions } from './expect-reward-gradient.js';
export { type WatchedRun, watchBackend } from './watch-backend.js';
