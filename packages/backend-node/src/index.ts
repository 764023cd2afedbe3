export { type DeviceFacts, devices, type NodeDevice } from './devices.js';
export { type NodeBackendOptions, nodeBackend } from './node-backend.js';
