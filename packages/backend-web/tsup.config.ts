import { library } from '@entrgi/config/tsup';

export default library(['src/index.ts', 'src/internal.ts', 'src/worker.ts']);
