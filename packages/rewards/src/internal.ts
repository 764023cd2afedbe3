// What the packages of this project share; it may change in any version.
export { rewardOptionNames } from './load-reward.js';
