import type { Order } from '@entrgi/core';
import { requireName } from '@entrgi/core/internal';
import * as orders from '../orders/index.js';

/** What published code (Dream's, LLaDA's) calls some orders. */
const published = {
  low_confidence: orders.lowConfidence,
  maskgit_plus: orders.maskgitPlus,
  topk_margin: orders.topkMargin,
} as const;

/** An order by its name here or in published code. */
export type OrderName = keyof typeof orders | keyof typeof published;

const named: Readonly<Record<string, Order>> = { ...orders, ...published };

/** The order of a name; throws InvalidArgumentError, which lists those here, for another. */
export const orderNamed = (name: OrderName): Order => {
  if (!Object.hasOwn(published, name)) requireName('order', name, Object.keys(orders));
  return named[name]!;
};
