export { expectAllClose, type Tolerance } from './expect-all-close.js';
export { expectRewardGradient, type RewardGradientOptions } from './expect-reward-gradient.js';
