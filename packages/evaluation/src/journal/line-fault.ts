/** What is wrong with a value: where in it ('' for the value itself), or undefined. */
type Check = (value: unknown) => string | undefined;

const that =
  (holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : '';

const text = that((value) => typeof value === 'string');
/** JSON has no NaN, but writes 1e999. */
const number = that(Number.isFinite);
const atLeast = (least: number) => that((value) => Number.isFinite(value) && (value as number) >= least);
/** As an id of HTML and a word of a shell is. */
const key = that((value) => typeof value === 'string' && /^[\w-]{1,100}$/.test(value));

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);

const listOf =
  (check: Check, least = 0): Check =>
  (value) => {
    if (!Array.isArray(value) || value.length < least) return '';
    for (const [i, each] of value.entries()) {
      const fault = check(each);
      if (fault !== undefined) return `[${i}]${fault}`;
    }
    return undefined;
  };

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with these fields, and perhaps others. */
const withFields =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isObject(value)) return '';
    for (const [name, check] of Object.entries(fields)) {
      const fault = check(Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined);
      if (fault !== undefined) return `.${name}${fault}`;
    }
    return undefined;
  };

/** An object whose every field is text. */
const texts: Check = (value) => {
  if (!isObject(value)) return '';
  const found = Object.entries(value).find(([, each]) => typeof each !== 'string');
  return found && `.${found[0]}`;
};

const prompt: Check = (value) =>
  typeof value === 'string' ? undefined : listOf(withFields({ role: text, content: text }), 1)(value);

const line = withFields({
  key,
  prompt,
  data: optional(text),
  method: text,
  temperature: atLeast(0),
  seed: number,
  settings: withFields({
    denoiser: text,
    reward: text,
    judge: optional(text),
    perplexity: optional(text),
    hashes: texts,
  }),
  trajectories: listOf(
    withFields({
      text,
      tokenIds: listOf(number),
      reward: number,
      judge: optional(number),
      negativeLogLikelihood: optional(orNull(number)),
    }),
    1,
  ),
  top1: number,
  avg: number,
  judge: optional(number),
  cost: withFields({ seconds: atLeast(0), denoiserPasses: atLeast(0), rewardPasses: atLeast(0) }),
  versions: texts,
  steps: optional(
    withFields({
      rewards: optional(listOf(orNull(number))),
      entropyWeights: optional(listOf(orNull(number))),
      trajectories: listOf(withFields({ tokens: listOf(text), committedAt: listOf(number) })),
    }),
  ),
});

/**
 * Which part of a value is not as a line of a journal has it, such as `settings.hashes`; '' for the value
 * itself, undefined where all is.
 */
export const lineFault = (value: unknown): string | undefined => {
  const fault = line(value);
  if (fault !== undefined) return fault.replace(/^\./, '');
  const { top1, trajectories } = value as { top1: number; trajectories: readonly { reward: number }[] };
  return trajectories.some(({ reward }) => reward === top1) ? undefined : 'top1';
};
