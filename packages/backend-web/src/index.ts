export type { DeviceReport, WebDevice } from './choose-device.js';
export { type WebBackend, type WebBackendOptions, webBackend } from './web-backend.js';
