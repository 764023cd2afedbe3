// What the packages of this project share; it may change in any version.
export { type DemoModels, loadDemoModels } from './models/demo-models.js';
export { rewardSource } from './models/reward-source.js';
export { type GenerationPlan, planGeneration } from './plan-generation.js';
export { demoSettings, isEmbedded } from './settings/embedded-settings.js';
