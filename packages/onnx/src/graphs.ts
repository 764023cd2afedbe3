// What builds graphs and writes them: a page that reads no ONNX file loads none of what reads and rewrites.
export { delayedUntil } from './build/delayed-until.js';
export { GraphBuilder } from './build/graph-builder.js';
export { encodeModel } from './bytes/encode-model.js';
export { pruneGraph } from './model/prune-graph.js';
