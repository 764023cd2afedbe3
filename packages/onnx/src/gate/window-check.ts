import { InvalidModelError } from '@entrgi/core';
import type { Node } from '../model/model.js';

/** Attributes that the specification wants above 0, and that a runtime divides by. */
const positive = ['group', 'strides', 'dilations', 'kernel_shape'] as const;
const windowed =
  /^((QLinear|Fused|Nhwc)?Conv(Transpose|Integer)?|(Global)?(Max|Average|Lp)(Pool|RoiPool|Unpool))$/;

/**
 * Refuses windows of no size and groups of none: onnxruntime divides by the number of groups, and the process
 * ends (SIGFPE).
 */
export function checkWindow({ opType, name, attributes }: Node): void {
  if (!windowed.test(opType)) return;
  for (const field of positive) {
    const attribute = attributes[field];
    if (attribute === undefined || (attribute.kind !== 'int' && attribute.kind !== 'ints')) continue;
    const values = attribute.kind === 'int' ? [attribute.value] : attribute.value;
    const value = values.find((each) => each < 1);
    if (value === undefined) continue;
    throw new InvalidModelError(
      `${opType} (node '${name}'): ${field}: expected numbers from 1, got ${value}.`,
      {
        value,
      },
    );
  }
}
