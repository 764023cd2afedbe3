import { CheckpointError } from '@entrgi/core';
import { type ConfigReader, configReader } from '../../files/config-reader.js';
import { attentionKinds } from './sliding-window.js';

/** What a config.json says of rotary position embedding, wherever it says it. */
export interface RopeSettings {
  readonly type: string;
  readonly theta: number;
  /** Which part of each head is turned. */
  readonly partial: number;
  /** Tokens of the sequences of training. */
  readonly original: number;
  /** The fields of the type. */
  readonly fields: ConfigReader;
}

/**
 * Reads the settings with the precedence of transformers 5: `rope_scaling`, unless it is empty, before
 * `rope_parameters`; what is inside them before rope_theta and partial_rotary_factor beside them; only
 * original_max_position_embeddings the other way round.
 * @throws CheckpointError where the two, or `rope_type` and `type`, contradict each other: of the one that
 *   loses, nothing would be heard
 */
export const readRopeSettings = (config: ConfigReader): RopeSettings => {
  const places = ['rope_scaling', 'rope_parameters'].filter((field) => isGiven(config.raw(field)));
  const fields = places.length === 0 ? configReader({}, config.file) : config.nested(places[0]!);
  const kinds = attentionKinds.filter((kind) => fields.raw(kind) !== undefined);
  if (kinds.length > 0) {
    throw new CheckpointError(
      `${fields.file}: expected the settings of all layers, got ${kinds.join(' and ')}.`,
      {
        value: kinds,
        hint: 'The layers of this architecture have one rotary embedding.',
      },
    );
  }
  const settings = settingsOf(config, fields, config.positive('rope_theta', 10_000));
  if (places.length === 2) refuseUnlessAgreed(config, settings);
  return settings;
};

/** Completes what stands in an object with what stands beside it. */
export const settingsOf = (config: ConfigReader, fields: ConfigReader, theta: number): RopeSettings => ({
  type: typeOf(fields),
  theta: fields.positive('rope_theta', theta),
  partial: fields.positive('partial_rotary_factor', config.positive('partial_rotary_factor', 1)),
  original: config.count(
    'original_max_position_embeddings',
    fields.count('original_max_position_embeddings', config.count('max_position_embeddings')),
  ),
  fields,
});

/** What Python calls false says nothing: null, {}. */
const isGiven = (value: unknown): boolean =>
  Boolean(value) && !(typeof value === 'object' && Object.keys(value as object).length === 0);

const typeOf = (fields: ConfigReader): string => {
  const [type, older] = [
    fields.raw('rope_type') ?? fields.raw('type') ?? 'default',
    fields.raw('type') ?? undefined,
  ];
  if (typeof type !== 'string' || (older !== undefined && older !== type)) {
    throw new CheckpointError(
      `${fields.file}: rope_type is ${JSON.stringify(type)}${older === undefined ? '' : `, but type is ${JSON.stringify(older)}`}.`,
      { value: [type, older], hint: 'Keep the one that the model was trained with.' },
    );
  }
  return type;
};

/**
 * What rope_parameters says beside a rope_scaling, which replaces it, must be what holds. That its type is
 * the default may be: it says nothing more.
 */
const refuseUnlessAgreed = (config: ConfigReader, settings: RopeSettings): void => {
  const other = config.raw('rope_parameters') as Readonly<Record<string, unknown>>;
  for (const [field, value] of Object.entries(other)) {
    const isType = field === 'rope_type' || field === 'type';
    if ((value ?? undefined) === undefined || (isType && value === 'default')) continue;
    const held = isType
      ? settings.type
      : field === 'rope_theta'
        ? settings.theta
        : settings.fields.raw(field);
    if (JSON.stringify(held) === JSON.stringify(value)) continue;
    throw new CheckpointError(
      `${config.file}: ${field} is ${JSON.stringify(value)} in rope_parameters, but rope_scaling is there too and makes it ${JSON.stringify(held) ?? 'nothing'}.`,
      { value: [value, held], hint: 'Keep the one that the model was trained with, and remove the other.' },
    );
  }
};
