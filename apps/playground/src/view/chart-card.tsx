import type { JSX } from 'preact';
import { indexOfHighest } from '../protocol/index-of-highest.js';
import { isStoryteller } from '../protocol/model-choice.js';
import { type Lane, lanes } from '../protocol/protocol.js';
import { shownSteps } from '../state/shown-steps.js';
import type { Store } from '../state/store.js';
import { laneLabel } from './lane-label.js';
import { type Line, LineChart } from './line-chart.jsx';
import { shownNumber } from './shown-number.js';

/** Reward and judge by step, of each lane's best response as it would be if it were finished at once. */
export const ChartCard = ({ store }: { store: Store }): JSX.Element => {
  const steps = shownSteps(store);
  const at = store.cursor.value ?? store.latest.value;
  const line = (lane: Lane, pick: 'reward' | 'judge'): Line => ({
    name: laneLabel(store, lane).name,
    lane,
    points: store.histories[lane].value.frames.flatMap(({ step, rewards, judge }) => {
      // Log-odds: what is improbable is told apart too.
      const value = pick === 'judge' ? Math.log(judge / (1 - judge)) : rewards[indexOfHighest(rewards)]!;
      return !Number.isFinite(value) ? [] : [{ x: step, y: value }];
    }),
  });
  const isFile = store.histories[0].value.title !== undefined;
  const filled = lanes.filter((lane) => !isFile || store.histories[lane].value.frames.length > 0);
  const rewards = filled.map((lane) => line(lane, 'reward'));
  const judges = filled.map((lane) => line(lane, 'judge'));
  return (
    <section class="card charts" aria-labelledby="charts">
      <h3 id="charts">
        Reward by step <small>of the draft, every mask filled with its most probable token</small>
      </h3>
      <ul class="keys">
        {rewards.map(({ name, lane }) => (
          <li key={lane} class={`lane-${lane}`}>
            {name}
          </li>
        ))}
      </ul>
      <LineChart
        lines={rewards}
        steps={steps}
        at={at}
        label={spoken('Reward', rewards)}
        height={200}
        least={[-1, 1]}
      />
      {isStoryteller(store.models.value) && !isFile && (
        <>
          <h4>
            Judge <small>log-odds that a person wrote it; guidance does not know this model</small>
          </h4>
          <LineChart
            lines={judges}
            steps={steps}
            at={at}
            label={spoken('Judge', judges)}
            height={110}
            least={[-4, 0]}
          />
        </>
      )}
    </section>
  );
};

const spoken = (what: string, lines: readonly Line[]): string =>
  `${what} by step. ${lines
    .map(({ name, points }) => {
      const [first, last] = [points[0], points.at(-1)];
      return first === undefined || last === undefined
        ? `${name}: nothing yet`
        : `${name}: from ${shownNumber(first.y)} to ${shownNumber(last.y)} in step ${last.x}`;
    })
    .join('. ')}.`;
