import { library } from '@entrgi/config/tsup';

export default library();
