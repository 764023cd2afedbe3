import { activations } from './activations.js';
import { microsoftAttentions, standardAttentions } from './attention.js';
import { constants } from './constants.js';
import { microsoftNormalizations, normalizations } from './normalizations.js';
import type { RewriteRule } from './rewrite-rule.js';
import { versions } from './versions.js';

type Rules = ReadonlyMap<string, RewriteRule>;

const table = (...families: readonly Readonly<Record<string, RewriteRule>>[]): Rules =>
  new Map(families.flatMap((family) => Object.entries(family)));

/** Rewrite rules by domain and operator; operators without one are canonical as they are. */
export const domains: ReadonlyMap<string, Rules> = new Map([
  ['', table(constants, versions, normalizations, standardAttentions)],
  ['com.microsoft', table(activations, microsoftNormalizations, microsoftAttentions)],
]);
