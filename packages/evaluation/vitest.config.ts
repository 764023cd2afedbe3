import { tests } from '@entrgi/config/vitest';

// Most tests run the embedded models, which takes its time on a busy machine.
export default tests({ testTimeout: 120_000 });
