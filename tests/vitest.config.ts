import { tests } from '@entrgi/config/vitest';

export default tests({ name: 'repository', include: ['**/*.test.ts'] });
