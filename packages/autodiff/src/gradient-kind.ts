import type { Entry } from './rule/rule.js';
import { rules } from './rules/index.js';

/**
 * What becomes of a gradient at an operator: it `flows` on to the inputs, it `ends` (integers, shapes), it is
 * `refused` (the slope is zero or random everywhere), or the operator is `unknown`.
 */
export type GradientKind = 'flows' | 'ends' | 'refused' | 'unknown';

/**
 * What is known of an operator of a canonical model; its domain, unless that is ai.onnx, stands before its
 * name: com.microsoft.FusedMatMul.
 */
export const gradientKind = (operator: string): GradientKind => {
  if (!Object.hasOwn(rules, operator)) return 'unknown';
  const entry: Entry = rules[operator as keyof typeof rules];
  if (typeof entry === 'function') return 'flows';
  return 'cut' in entry ? 'ends' : 'refused';
};
