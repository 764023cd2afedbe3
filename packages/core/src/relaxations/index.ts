export { aps } from './aps.js';
export { entrgi } from './entrgi.js';
export { expectation } from './expectation.js';
