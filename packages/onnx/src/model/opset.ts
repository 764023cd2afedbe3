import type { Node } from './model.js';

/** The operator set of canonical graphs. */
export const OPSET = 21;

/** Canonical operators that came later. */
const since: ReadonlyMap<string, number> = new Map([['RMSNormalization', 23]]);

/** The operator set of ai.onnx that a canonical graph's operators need. */
export const opsetOf = (nodes: readonly Node[]): number =>
  nodes.reduce(
    (opset, { domain, opType }) => Math.max(opset, domain === '' ? (since.get(opType) ?? OPSET) : OPSET),
    OPSET,
  );
