import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** How wide every plot is, in CSS pixels: as wide as the narrowest phone shows without shrinking it. */
export const plotWidth = 360;

/** What is needed of an element where there is no browser. */
interface SvgElement {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Iterable<SvgElement>;
}

/** A plot as SVG that takes its colors from the page, with a title for those who do not see it. */
export const drawPlot = (title: string, options: Plot.PlotOptions): string => {
  const { document } = parseHTML('<html><body></body></html>');
  const svg = Plot.plot({
    document,
    width: plotWidth,
    height: 250,
    marginTop: 28,
    marginLeft: 44,
    marginRight: 24,
    marginBottom: 40,
    style: { fontSize: '12px', background: 'transparent' },
    ariaLabel: title,
    ...options,
  }) as unknown as SvgElement;
  svg.setAttribute('role', 'img');
  // Parts of a picture have no names of their own.
  for (const part of svg.querySelectorAll('g[aria-label]')) part.removeAttribute('aria-label');
  // Plot sets its height for screens alone; and one class for all is enough.
  return svg.outerHTML;
};
