export { checkExternalFiles } from './node/check-external-files.js';
export { type Destination, openDestination } from './node/open-destination.js';
export { clearPartials, partialPath } from './node/partial-path.js';
export { hasEnded, processName } from './node/process-name.js';
export { readExternalLocations } from './node/read-external-locations.js';
export { type ReadModelOptions, readModelFile } from './node/read-model-file.js';
export { readSmallFile, SIZE_LIMIT } from './node/read-small-file.js';
export { writeFailure } from './node/write-failure.js';
export { writeModelFile } from './node/write-model-file.js';
