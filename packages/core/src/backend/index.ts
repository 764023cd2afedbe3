export { type Answer, type RemoteCalls, remoteCalls } from './remote-calls.js';
export { remoteSessions } from './remote-sessions.js';
export type { KeptNumber, Runtime, SessionInfo, ValueInfo } from './runtime.js';
export { checkThreads, type RuntimeBackendOptions, runtimeBackend } from './runtime-backend.js';
export { typedFailure } from './typed-failure.js';
