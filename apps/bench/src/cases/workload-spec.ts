import type * as workloads from '../workloads/index.js';

export type WorkloadName = keyof typeof workloads;

/** Which workload, and with what; `reference.py` has the same. */
export type WorkloadSpec = {
  [Name in WorkloadName]: { readonly kind: Name } & Parameters<(typeof workloads)[Name]>[0];
}[WorkloadName];
