import { tests } from '@entrgi/config/vitest';

export default tests({ globalSetup: 'src/testing/built-site.ts' });
