/** A config.json: what it is called, and its fields. */
interface ReadFields {
  readonly file: string;
  raw(field: string): unknown;
}

/** Which of the classes that a checkpoint brings along is its network: the first of these. */
const classes = [
  'AutoModelForCausalLM',
  'AutoModelForMaskedLM',
  'AutoModelForSequenceClassification',
  'AutoModel',
];

/**
 * Which file of which repository defines the network of a config.json: `modeling_x.py of owner/name`; of one
 * that brings no code along, the file of transformers.
 */
export const networkSource = ({ file, raw }: ReadFields): string => {
  const map = (raw('auto_map') ?? {}) as Readonly<Record<string, unknown>>;
  const entry = classes.map((name) => map[name]).find((value) => typeof value === 'string');
  const cached = /models--([^/\\]+?)--([^/\\]+)[/\\]snapshots/.exec(file);
  const own = cached === null ? 'its repository' : `${cached[1]}/${cached[2]}`;
  if (typeof entry !== 'string') {
    const type = raw('model_type');
    return typeof type === 'string' && /^\w+$/.test(type)
      ? `modeling_${type}.py of ${own} or of transformers`
      : `the modeling file of ${own}`;
  }
  const [, repository = own, module] = /^(?:([\w.-]+\/[\w.-]+)--)?(\w+)\./.exec(entry) ?? [];
  return `${module ?? 'modeling'}.py of ${repository}`;
};
