import { CheckpointError } from '@entrgi/core';

/** A token that is put around or between two texts, and its type (segment). */
export interface PlacedToken {
  readonly id: number;
  readonly type: number;
}

/** What encoders like BERT put around two texts: [CLS] first [SEP] second [SEP]. */
export interface PairTemplate {
  readonly before: readonly PlacedToken[];
  readonly between: readonly PlacedToken[];
  readonly after: readonly PlacedToken[];
  /** The type of each text's tokens. */
  readonly types: readonly [number, number];
}

const kinds = ['TemplateProcessing', 'BertProcessing', 'RobertaProcessing', 'ByteLevel', 'Sequence'];

/**
 * The pair template of a tokenizer.json's post_processor; undefined where it has none.
 * @throws CheckpointError for one that contradicts itself
 */
export const pairTemplate = (postProcessor: unknown, name: string): PairTemplate | undefined =>
  postProcessor === null || postProcessor === undefined ? undefined : templateOf(postProcessor, name);

/** Deeper than any tokenizer nests its sequences. */
const deepest = 32;

const templateOf = (postProcessor: unknown, name: string, depth = 0): PairTemplate | undefined => {
  const processor = fieldsOf(postProcessor);
  const refuse = (what: string, value: unknown): never => {
    throw new CheckpointError(`${name}: post_processor: expected ${what}.`, { value });
  };
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const { type } = processor;
  if (depth > deepest) refuse(`sequences nested at most ${deepest} deep`, depth);
  if (typeof type !== 'string' || !kinds.includes(type))
    refuse(`a type among ${kinds.join(', ')}`, postProcessor);
  if (type === 'Sequence') {
    const { processors } = processor;
    if (!Array.isArray(processors)) return refuse('processors to be a list', processors);
    const templates = processors.map((each) => templateOf(each, name, depth + 1));
    return templates.find((template) => template !== undefined);
  }
  if (type === 'BertProcessing' || type === 'RobertaProcessing') {
    const token = (role: string, segment: number): PlacedToken => {
      const value = processor[role];
      const id = Array.isArray(value) ? value[1] : undefined;
      return isCount(id) ? { id, type: segment } : refuse(`${role} to be a token and its id`, value);
    };
    const [cls, sep] = [token('cls', 0), token('sep', 0)];
    return type === 'BertProcessing'
      ? { before: [cls], between: [sep], after: [token('sep', 1)], types: [0, 1] }
      : { before: [cls], between: [sep, sep], after: [sep], types: [0, 0] };
  }
  if (type !== 'TemplateProcessing' || !Array.isArray(processor.pair)) return undefined;

  const special = fieldsOf(processor.special_tokens);
  const pieces = processor.pair.map((piece) => {
    const { Sequence: text, SpecialToken: token } = fieldsOf(piece);
    const { id, type_id: segment } = fieldsOf(text ?? token);
    if (typeof id !== 'string' || !isCount(segment)) return refuse('pieces with id and type_id', piece);
    if (text !== undefined) return { text: id, type: segment, tokens: [] };
    const ids = fieldsOf(Object.hasOwn(special, id) ? special[id] : undefined).ids;
    if (!Array.isArray(ids) || !ids.every(isCount)) return refuse(`ids of ${JSON.stringify(id)}`, ids);
    return { type: segment, tokens: ids.map((each) => ({ id: each, type: segment })) };
  });
  const [first = -1, second = -1, ...more] = pieces.flatMap(({ text }, i) => (text === undefined ? [] : [i]));
  if (second < 0 || more.length > 0 || pieces[first]!.text !== 'A' || pieces[second]!.text !== 'B')
    return undefined;
  const tokens = (from: number, to?: number) => pieces.slice(from, to).flatMap((piece) => piece.tokens);
  const between = tokens(first + 1, second);
  // Nothing between the texts: the post-processor only adds a first token, and a chat template does the rest.
  if (between.length === 0) return undefined;
  return {
    before: tokens(0, first),
    between,
    after: tokens(second + 1),
    types: [pieces[first]!.type, pieces[second]!.type],
  };
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
