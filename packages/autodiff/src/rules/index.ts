import type { Operator } from '../operators.js';
import type { Entry } from '../rule.js';
import * as activation from './activation.js';
import * as convolution from './convolution.js';
import * as einsum from './einsum.js';
import * as elementwise from './elementwise.js';
import * as gather from './gather.js';
import * as integer from './integer.js';
import * as matmul from './matmul.js';
import * as microsoft from './microsoft.js';
import * as norm from './norm.js';
import * as pool from './pool.js';
import * as quantised from './quantised.js';
import * as recurrent from './recurrent.js';
import * as reduce from './reduce.js';
import * as scan from './scan.js';
import * as scatter from './scatter.js';
import * as select from './select.js';
import * as shape from './shape.js';
import * as slice from './slice.js';
import * as trigonometry from './trigonometry.js';

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
  quantised,
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
  ...families.quantised,
  ...families.integer,
  ...families.microsoft,
} satisfies Readonly<Record<Operator, Entry>>;
