import { library } from '@entrgi/config/tsup';

export default library(['src/main.ts'], { platform: 'node', dts: false });
