import { escapeXml, lastStep, picture } from './picture.js';
import { still } from './still.js';
import type { Track } from './track.js';

/** What a page that replays responses shows besides them. */
export interface ReplayPageOptions {
  /**
   * Steps that are shown beside each other below.
   * @default the beginning, a quarter, half, three quarters and the end
   */
  readonly steps?: readonly number[] | undefined;
  readonly title?: string | undefined;
}

/**
 * A page with the picture, a slider over its steps, and the picture after some of them. It needs nothing
 * else.
 */
export const replayPage = (tracks: readonly Track[], options: ReplayPageOptions = {}): string => {
  const last = lastStep(tracks);
  const { title = 'Replay', steps = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * last)) } =
    options;
  const prompt = tracks[0]?.prompt;
  const moving = picture(
    tracks,
    (markup, from, to) => `<g data-from="${from}" data-to="${to}">${markup}</g>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>
:root { color-scheme: light dark; --page: #ffffff; --text: #1b1f24; --line: #d8dde3; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --text: #e6e9ed; --line: #343b44; } }
body { margin: 0 auto; max-width: 1060px; padding: 16px; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: #ffffff; }
.scroll svg { display: block; min-width: 640px; width: 100%; height: auto; }
.controls { display: flex; gap: 12px; align-items: center; margin: 12px 0; } .controls input { flex: 1; min-width: 0; } output { min-width: 7ch; font-variant-numeric: tabular-nums; }
button { font: inherit; padding: 4px 14px; min-width: 5.5em; }
h1 { font-size: 22px; margin: 8px 0; } h2 { font-size: 16px; margin: 24px 0 8px; }
.stills { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(480px, 100%), 1fr)); gap: 12px; } figure { margin: 0; } .stills svg { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
</style>
</head>
<body>
<main>
<h1>${escapeXml(title)}</h1>
${prompt === undefined ? '' : `<p>${escapeXml(prompt)}</p>`}
<div class="scroll" id="picture" tabindex="0" role="group" aria-label="The picture, which scrolls where it is narrow">${moving}</div>
<div class="controls"><button id="play" type="button">Play</button><input id="step" type="range" min="0" max="${last}" value="${last}" aria-label="denoising step"><output id="number"></output></div>
<h2>After steps ${steps.join(', ')}</h2>
<div class="stills">${steps.map((step) => `<figure><figcaption>step ${step}</figcaption>${still(tracks, step)}</figure>`).join('')}</div>
</main>
<script>
const parts = [...document.querySelectorAll('#picture [data-from]')];
const [slider, number, button] = ['step', 'number', 'play'].map((id) => document.getElementById(id));
const show = () => { const step = Number(slider.value); number.value = 'step ' + step; for (const part of parts) part.style.display = step >= Number(part.dataset.from) && step <= Number(part.dataset.to) ? '' : 'none'; };
let timer;
const stop = () => { clearInterval(timer); timer = undefined; button.textContent = 'Play'; };
button.onclick = () => { if (timer) return stop(); if (slider.value === slider.max) slider.value = 0; button.textContent = 'Pause'; timer = setInterval(() => { slider.value = Number(slider.value) + 1; show(); if (slider.value === slider.max) stop(); }, 150); show(); };
slider.oninput = () => { stop(); show(); };
show();
</script>
</body>
</html>
`;
};
