import { library } from '@entrgi/config/tsup';

// src/node.ts alone imports Node's modules; index.js runs in browsers.
export default library(['src/index.ts', 'src/graphs.ts', 'src/internal.ts', 'src/node.ts']);
