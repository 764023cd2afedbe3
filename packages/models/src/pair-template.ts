/** What encoders like BERT put around two texts: [CLS] first [SEP] second [SEP]. */
export interface PairTemplate {
  readonly before: readonly string[];
  readonly between: readonly string[];
  readonly after: readonly string[];
}

/** The pair template of a tokenizer.json's post_processor; undefined where it has none. */
export const pairTemplate = (postProcessor: unknown): PairTemplate | undefined => {
  const { type, processors, pair, cls, sep } = (postProcessor ?? {}) as {
    type?: string;
    processors?: unknown[];
    pair?: { SpecialToken?: { id: string }; Sequence?: { id: string } }[];
    cls?: [string, number];
    sep?: [string, number];
  };
  if (type === 'Sequence') return processors?.map(pairTemplate).find((template) => template !== undefined);
  if (type === 'BertProcessing' && cls && sep) {
    return { before: [cls[0]], between: [sep[0]], after: [sep[0]] };
  }
  if (type === 'RobertaProcessing' && cls && sep) {
    return { before: [cls[0]], between: [sep[0], sep[0]], after: [sep[0]] };
  }
  if (type !== 'TemplateProcessing' || !Array.isArray(pair)) return undefined;
  const texts = pair.flatMap(({ Sequence }, i) => (Sequence === undefined ? [] : [i]));
  const specials = (from: number, to: number) =>
    pair.slice(from, to).flatMap(({ SpecialToken }) => (SpecialToken === undefined ? [] : [SpecialToken.id]));
  if (texts.length !== 2) return undefined;
  const template = {
    before: specials(0, texts[0]!),
    between: specials(texts[0]! + 1, texts[1]!),
    after: specials(texts[1]! + 1, pair.length),
  };
  // Nothing between the texts: the post-processor only adds a first token, and a chat template does the rest.
  return template.between.length > 0 ? template : undefined;
};
