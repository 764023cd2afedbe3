// The registry: config.json names one of these in `architectures`.
export * from './classifiers/index.js';
export * from './denoisers/index.js';
export * from './reward-heads/index.js';
