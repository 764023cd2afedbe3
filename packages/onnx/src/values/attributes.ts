import type { Attribute } from '../model/model.js';

/** An attribute that holds an integer. */
export const int = (value: number): Attribute => ({ kind: 'int', value });
/** An attribute that holds a float. */
export const float = (value: number): Attribute => ({ kind: 'float', value });
/** An attribute that holds a string. */
export const string = (value: string): Attribute => ({ kind: 'string', value });
/** An attribute that holds a list of integers. */
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
