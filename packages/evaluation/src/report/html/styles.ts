import { methodColors } from '../summary/method-styles.js';

const variables = (colors: readonly string[]): string =>
  colors.map((color, i) => `--method-${i}: ${color};`).join(' ');

/** The style sheet of a page: light or dark as the reader's system is, one column on a phone. */
export const styles = `
:root { color-scheme: light dark; --text: #1b1f24; --muted: #5d6670; --line: #d8dde3; --page: #ffffff; --card: #f6f8fa; --accent: #0b62b8; --ramp: #2f7fd1; ${variables(methodColors.light)} }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ed; --muted: #9aa4af; --line: #343b44; --page: #14181d; --card: #1c2229; --accent: #6cb2ff; --ramp: #3574c0; ${variables(methodColors.dark)} }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1560px; padding: 24px 20px 60px; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 36px 0 8px; } h3 { font-size: 16px; margin: 24px 0 8px; }
p { margin: 6px 0; max-width: 80ch; } .muted { color: var(--muted); }
a { color: var(--accent); } td a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; } td a:hover { color: var(--accent); }
.scroll { overflow-x: auto; margin: 8px 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; white-space: nowrap; }
th, td { padding: 5px 7px; text-align: right; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--muted); vertical-align: bottom; } th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--page); }
th[scope="row"] { color: inherit; font-weight: 400; } caption { text-align: left; color: var(--muted); font-size: 13px; padding: 0 7px 2px; } caption b { color: var(--text); }
.differences { display: flex; flex-wrap: wrap; gap: 8px 32px; } .differences .scroll { max-width: 100%; }
td.clear { font-weight: 700; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(400px, 100%), 1fr)); gap: 16px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px; min-width: 0; }
figcaption { font-size: 13px; color: var(--muted); margin-bottom: 4px; } figcaption b { color: var(--text); }
figure svg { display: block; width: 100%; max-width: 460px; height: auto; margin: 0 auto; overflow: visible; }
figure svg text { font-family: system-ui, sans-serif; }
ul.findings { padding-left: 20px; margin: 6px 0; columns: 22em; column-gap: 36px; } ul.findings li { margin: 2px 0; break-inside: avoid; font-variant-numeric: tabular-nums; }
details { margin: 8px 0; } summary { cursor: pointer; } details[open] > summary { margin-bottom: 6px; }
.texts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(260px, 100%), 1fr)); gap: 12px; }
.text { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 10px; font-size: 14px; min-width: 0; overflow-wrap: anywhere; }
.text h4 { margin: 0 0 4px; font-size: 13px; display: flex; flex-wrap: wrap; gap: 0 10px; } .text h4 span { font-weight: 400; color: var(--muted); }
.token { background: color-mix(in srgb, var(--ramp) calc(var(--t) * 1%), transparent); border-radius: 3px; white-space: pre-wrap; padding: 1px 0; }
.legend { display: inline-block; width: 120px; height: 12px; border-radius: 3px; vertical-align: middle; border: 1px solid var(--line); background: linear-gradient(to right, color-mix(in srgb, var(--ramp) 6%, transparent), color-mix(in srgb, var(--ramp) 70%, transparent)); }
.lines table { font-size: 12.5px; } .lines td:nth-child(2) { text-align: left; max-width: 420px; overflow: hidden; text-overflow: ellipsis; }
tr:target, details:target > summary { background: color-mix(in srgb, var(--accent) 20%, transparent); }
code { font: 12.5px/1.5 ui-monospace, monospace; background: var(--card); padding: 1px 4px; border-radius: 4px; overflow-wrap: anywhere; white-space: normal; }
footer { margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--line); font-size: 13px; color: var(--muted); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 6px 0; } dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 600px) { body { padding: 16px 12px 40px; } h1 { font-size: 22px; } dl { grid-template-columns: 1fr; } dt { margin-top: 4px; } }
`;
