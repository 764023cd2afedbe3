export { blackBoxReward, type Rate } from './black-box-reward.js';
export * as checks from './checks/index.js';
export { compositeReward, type WeightedReward } from './composite-reward.js';
export { type LoadRewardOptions, loadReward } from './load-reward.js';
export { type NetworkRewardOptions, networkReward } from './network-reward.js';
export { type OnnxRewardOptions, onnxReward } from './onnx-reward.js';
export * as penalties from './penalties/index.js';
export { type Check, verifiableReward } from './verifiable-reward.js';
