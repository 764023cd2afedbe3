import { tests } from '@entrgi/config/vitest';

export default tests();
