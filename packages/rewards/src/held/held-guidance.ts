import type {
  Backend,
  DrawnRows,
  DrawRequest,
  Filter,
  FilterRule,
  GuidanceSettings,
  HeldGuidance,
  Vocabulary,
} from '@entrgi/core';
import {
  guideInGroups,
  keepMostProbable,
  notFinite,
  placeOfRow,
  rowRange,
  type TrajectoryGroup,
  whenIn,
} from '@entrgi/core/internal';
import { countAll, guideHeld, type HeldMeans } from './guide-held.js';
import type { HeldDraw, HeldLogits } from './hold-logits.js';

export interface HeldGuidanceMeans extends Pick<HeldMeans, 'hold'> {
  readonly backend: Backend;
  readonly vocabulary: Vocabulary;
}

/**
 * Guidance whose logits stay where the reward computes; undefined where no graph knows the optimizer, or the
 * filters for hard tokens.
 */
export const heldGuidance = (
  settings: GuidanceSettings,
  { backend, vocabulary, hold }: HeldGuidanceMeans,
): HeldGuidance | undefined => {
  const { rule: optimizer } = settings.optimizer;
  const own = settings.hardFilters && rulesOf(settings.hardFilters);
  if (optimizer === undefined || (settings.hardFilters !== undefined && own === undefined)) return undefined;
  const { guidanceSteps } = settings;
  const meansFor = (filters: readonly Filter[]): HeldMeans => ({
    settings,
    vocabulary,
    optimizer,
    hardFilters: own ?? rulesOf(filters)!,
    hold,
  });
  return {
    backend,
    // Of other filters the most probable token that they keep is known to themselves only.
    knows: (filters) => keepMostProbable(filters) && rulesOf(filters) !== undefined,

    async optimize(request) {
      const { logits } = request;
      const part = (from: number, to: number) => ({ logits: rowRange(logits, from, to) });
      const guided = await guideInGroups(request, settings, logits, part, logits.size, async (group) => {
        const excluded = countAll(group, 0);
        const own = await guideHeld(group, meansFor(request.filters), (resident) =>
          resident.read(group.request.logits.values),
        );
        countAll(group, guidanceSteps, excluded);
        return own;
      });
      return { ...guided, logits };
    },

    async draw(request) {
      const { logits, rows, uniforms, temperature } = request;
      const { size, sources, kinds } = logits;
      const drawn = emptyRows(rows.length);
      const offsets = Int32Array.from({ length: rows.length + 1 }, (_, row) => row * size);
      const filters = rulesOf(request.filters)!;
      const part = (from: number, to: number) => ({
        logits: { ...logits, sources: sources.subarray(from, to), kinds: kinds.subarray(from, to) },
        uniforms: uniforms.subarray(from, to),
      });
      const all = { size, offsets };
      const guided = await guideInGroups(request, settings, all, part, size, (group) =>
        guideHeld(group, meansFor(request.filters), async (resident) => {
          const asked = { uniforms: group.request.uniforms, isRandom: temperature > 0, filters };
          const own = await drawnFrom(resident, asked, group, guidanceSteps);
          for (const [name, target] of Object.entries(drawn)) {
            target.set(own[name as keyof DrawnRows], group.firstRow);
          }
        }),
      );
      return { ...guided, drawn };
    },
  };
};

const rulesOf = (filters: readonly Filter[]): FilterRule[] | undefined => {
  const rules = filters.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  return rules.length === filters.length ? rules : undefined;
};

const emptyRows = (rows: number): DrawnRows => {
  const numbers = () => new Float32Array(rows);
  return {
    tokenIds: new Int32Array(rows),
    initialEntropies: numbers(),
    optimizedEntropies: numbers(),
    filteredEntropies: numbers(),
    probabilities: numbers(),
    margins: numbers(),
    logits: numbers(),
    logSumExps: numbers(),
  };
};

/** The tokens of a group's rows, whose optimized logits must be finite. */
const drawnFrom = async (
  resident: HeldLogits,
  asked: HeldDraw,
  group: TrajectoryGroup<DrawRequest>,
  guidanceSteps: number,
): Promise<DrawnRows> => {
  const { faults, ...drawn } = await resident.draw(asked);
  const row = faults.findIndex((count) => count !== 0);
  if (row < 0) return { ...drawn, initialEntropies: resident.given.entropies };
  throw notFinite(placeOfRow(group, row), `logits ${whenIn(guidanceSteps)}`, drawn.logSumExps[row]!);
};
