import { activations, compositions } from './activations.js';
import { microsoftAttentions, standardAttentions } from './attention.js';
import { channelNormalizations } from './channel-normalizations.js';
import { constants } from './constants.js';
import { fusedActivations } from './fused-activations.js';
import { microsoftNormalizations } from './normalizations.js';
import { pads } from './pad.js';
import { pools } from './pools.js';
import type { RewriteRule } from './rewrite-rule.js';
import { versions } from './versions.js';

type Rules = ReadonlyMap<string, RewriteRule>;

const table = (...families: readonly Readonly<Record<string, RewriteRule>>[]): Rules =>
  new Map(families.flatMap((family) => Object.entries(family)));

/** Rewrite rules by domain and operator; operators without one are canonical as they are. */
export const domains: ReadonlyMap<string, Rules> = new Map([
  ['', table(constants, versions, compositions, channelNormalizations, pools, pads, standardAttentions)],
  ['com.microsoft', table(activations, fusedActivations, microsoftNormalizations, microsoftAttentions)],
]);
