import { openings } from '@entrgi/tiny-stories';
import type { RunSettings } from '../protocol/protocol.js';

/** What a visitor sees first: one response in each lane, so that it is there in seconds. `prompt` is the opening alone. */
export const defaultSettings: RunSettings = {
  prompt: openings[0]!,
  methods: ['base', 'entrgi'],
  seed: 1,
  trajectories: 1,
  steps: 64,
  maxNewTokens: 64,
  temperature: 0.7,
  guidanceSteps: 3,
  learningRate: 0.15,
  storyWeight: 1,
  moodWeight: 0,
  locks: [],
  edits: [],
};

/** What is shown to begin with: of the openings that no model has seen a handful, spread over the list; of other models than the embedded ones, something to ask. */
export const examples = {
  story: openings.filter((_, i) => i % 8 === 0),
  other: [
    'Write a short poem about the sea.',
    'Explain in two sentences why the sky is blue.',
    'Give me three ideas for a rainy Sunday.',
    'What is the capital of France, and what is it known for?',
    'Write a function in Python that reverses a list.',
  ],
} as const;

/** What a number may be, for sliders and for addresses that others have made. */
export const ranges = {
  seed: { min: 1, max: 9999, step: 1 },
  trajectories: { min: 1, max: 8, step: 1 },
  steps: { min: 4, max: 128, step: 4 },
  maxNewTokens: { min: 16, max: 96, step: 8 },
  temperature: { min: 0, max: 1.5, step: 0.1 },
  guidanceSteps: { min: 0, max: 8, step: 1 },
  learningRate: { min: 0, max: 2, step: 0.05 },
  storyWeight: { min: 0, max: 2, step: 0.1 },
  moodWeight: { min: -2, max: 2, step: 0.1 },
} as const;

export type NumberSetting = keyof typeof ranges;

/** What the models are asked: they have learned to continue stories. */
export const promptOf = (opening: string): string => `Complete this story: ${opening.trim()}`;
