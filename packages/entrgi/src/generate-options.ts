import type { ChatMessage, Prompt } from '@entrgi/core';
import type { OptionNames } from '@entrgi/core/internal';
import type { Preset, presets } from '@entrgi/samplers';
import { type ModelOptions, modelOptionNames } from './models/model-options.js';
import type { MethodName } from './settings/methods.js';
import { type GivenSettings, settingNames } from './settings/settings.js';

/**
 * What to respond to, with which models, and how. Settings that are not said are those of the preset; without
 * one, those of the published tables (`presets.published`), for the embedded denoiser `embeddedSettings`.
 */
export interface GenerateOptions extends ModelOptions, GivenSettings {
  /** What to respond to: one user turn, or a conversation that ends with one. Give it or `messages`. */
  readonly prompt?: Prompt | undefined;
  /** The conversation, by the name that other programs call it. */
  readonly messages?: readonly ChatMessage[] | undefined;
  /** @default `entrgi` */
  readonly method?: MethodName | undefined;
  /** Settings of a source, which those that are said override: a preset of @entrgi/samplers, or its name. */
  readonly preset?: Preset | keyof typeof presets | undefined;
  /**
   * Equal seeds give equal texts.
   * @default 1
   */
  readonly seed?: number | undefined;
}

/** Every option of `generate` and `stream`, by name. */
export const generateOptionNames: OptionNames<GenerateOptions> = {
  ...settingNames,
  ...modelOptionNames,
  beta: true,
  prompt: true,
  messages: true,
  method: true,
  preset: true,
  seed: true,
};
