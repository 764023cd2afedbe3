import type { Page } from 'playwright-core';

export const themes = ['light', 'dark'] as const;

/** Has a page show a theme, without a pointer that goes somewhere. */
export const wearTheme = async (page: Page, theme: (typeof themes)[number]): Promise<void> => {
  await page.evaluate((name) => {
    const root = document.querySelector('entrgi-playground')!.shadowRoot!;
    root.querySelector<HTMLElement>(`[aria-label="Switch to the ${name} theme"]`)?.click();
  }, theme);
  await page.locator(`entrgi-playground[theme=${theme}]`).waitFor();
};
