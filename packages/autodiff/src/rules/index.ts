import type { Operator } from '../rule/operators.js';
import type { Entry } from '../rule/rule.js';
import * as activation from './elementwise/activation.js';
import * as elementwise from './elementwise/elementwise.js';
import * as integer from './elementwise/integer.js';
import * as quantized from './elementwise/quantized.js';
import * as trigonometry from './elementwise/trigonometry.js';
import * as gather from './indexing/gather.js';
import * as scatter from './indexing/scatter.js';
import * as select from './indexing/select.js';
import * as shape from './indexing/shape.js';
import * as slice from './indexing/slice.js';
import * as einsum from './products/einsum.js';
import * as matmul from './products/matmul.js';
import * as microsoft from './products/microsoft.js';
import * as recurrent from './recurrent/index.js';
import * as norm from './reductions/norm.js';
import * as reduce from './reductions/reduce.js';
import * as scan from './reductions/scan.js';
import * as convolution from './windows/convolution.js';
import * as pool from './windows/pool.js';

const inDomain = <D extends string, T extends Readonly<Record<string, Entry>>>(domain: D, family: T) =>
  Object.fromEntries(Object.entries(family).map(([name, entry]) => [`${domain}.${name}`, entry])) as {
    readonly [K in keyof T & string as `${D}.${K}`]: T[K];
  };

/** The families, each a module whose exports are named like the operators. */
export const families = {
  elementwise,
  trigonometry,
  activation,
  matmul,
  convolution,
  pool,
  recurrent,
  einsum,
  reduce,
  norm,
  shape,
  slice,
  gather,
  select,
  scatter,
  scan,
  quantized,
  integer,
  microsoft: inDomain('com.microsoft', microsoft),
};

/** What is known about the gradient of each operator. An operator without an entry does not compile. */
export const rules = {
  ...families.elementwise,
  ...families.trigonometry,
  ...families.activation,
  ...families.matmul,
  ...families.convolution,
  ...families.pool,
  ...families.recurrent,
  ...families.einsum,
  ...families.reduce,
  ...families.norm,
  ...families.shape,
  ...families.slice,
  ...families.gather,
  ...families.select,
  ...families.scatter,
  ...families.scan,
  ...families.quantized,
  ...families.integer,
  ...families.microsoft,
} satisfies Readonly<Record<Operator, Entry>>;
