import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { isStoryteller } from '../protocol/model-choice.js';
import { type Method, methods } from '../protocol/protocol.js';
import { defaultSettings, type NumberSetting, ranges } from '../settings/default-settings.js';
import { withinRange } from '../settings/settings-in-address.js';
import type { Store } from '../state/store.js';
import { methodNames } from './method-names.js';

const sliders: readonly { name: NumberSetting; label: string; says: string }[] = [
  { name: 'seed', label: 'Seed', says: 'the dice: both lanes throw the same' },
  { name: 'steps', label: 'Steps', says: 'denoising steps from all masks to none' },
  { name: 'maxNewTokens', label: 'Tokens', says: 'length of the story, about 4 letters each' },
  { name: 'temperature', label: 'Temperature', says: '0 takes the most probable token' },
  { name: 'trajectories', label: 'Trajectories', says: 'stories written at once; the best is shown' },
  { name: 'guidanceSteps', label: 'Guidance steps', says: 'gradient updates in each denoising step' },
  { name: 'learningRate', label: 'Learning rate', says: 'how far an update moves a logit' },
  { name: 'storyWeight', label: 'Reward: story', says: 'makes sense and is kind' },
  { name: 'moodWeight', label: 'Reward: mood', says: 'cheerful; below 0: gloomy' },
];

export const SettingsPanel = ({ store }: { store: Store }): JSX.Element => {
  // The mood of stories is nothing that other models know.
  const { value: models } = store.models;
  const isStory = isStoryteller(models);
  const { reward } = models;
  // To begin with: a window that is made narrower folds nothing.
  const [isWide] = useState(() => matchMedia('(min-width: 1024px)').matches);
  return (
    <details class="card settings" open={isWide}>
      <summary>Settings</summary>
      <div class="methods">
        <MethodChoice store={store} lane={0} label="Above" />
        <MethodChoice store={store} lane={1} label="Below" />
      </div>
      <div class="sliders">
        {sliders
          .filter(({ name }) => isStory || name !== 'moodWeight')
          .map((slider) => (
            <Slider
              key={slider.name}
              store={store}
              {...slider}
              {...(slider.name === 'storyWeight' && reward !== undefined
                ? { label: 'Reward', says: `weight of ${reward}` }
                : {})}
            />
          ))}
      </div>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          store.settings.value = { ...defaultSettings, prompt: store.settings.value.prompt };
        }}
      >
        Reset settings
      </button>
    </details>
  );
};

const MethodChoice = ({ store, lane, label }: { store: Store; lane: 0 | 1; label: string }): JSX.Element => {
  const { settings } = store;
  const choose = (method: Method) => {
    const chosen: [Method, Method] = [...settings.value.methods];
    chosen[lane] = method;
    settings.value = { ...settings.value, methods: chosen };
  };
  return (
    <label class={`field lane-${lane}`}>
      <span>{label}</span>
      <select
        value={settings.value.methods[lane]}
        onChange={({ currentTarget }) => choose(currentTarget.value as Method)}
      >
        {methods.map((method) => (
          <option key={method} value={method}>
            {methodNames[method].name}
          </option>
        ))}
      </select>
    </label>
  );
};

const Slider = ({
  store,
  name,
  label,
  says,
}: {
  store: Store;
  name: NumberSetting;
  label: string;
  says: string;
}): JSX.Element => {
  const { settings } = store;
  const value = settings.value[name];
  const set = (text: string) => {
    if (text === '') return;
    settings.value = { ...settings.value, [name]: withinRange(name, Number(text)) };
  };
  return (
    <div class="slider">
      <label for={`setting-${name}`}>{label}</label>
      <output for={`setting-${name}`}>{value}</output>
      <input
        id={`setting-${name}`}
        type="range"
        {...ranges[name]}
        value={value}
        aria-describedby={`says-${name}`}
        onInput={({ currentTarget }) => set(currentTarget.value)}
      />
      <p id={`says-${name}`} class="says">
        {says}
      </p>
    </div>
  );
};
