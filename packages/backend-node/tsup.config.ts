import { library } from '@entrgi/config/tsup';

export default library(['src/index.ts', 'src/worker.js'], {
  platform: 'node',
  // The worker thread's entry has no types.
  dts: {
    entry: 'src/index.ts',
    compilerOptions: { ignoreDeprecations: '6.0', noEmit: false, customConditions: [] },
  },
});
