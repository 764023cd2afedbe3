/** A table that scrolls where the page is narrow: names of its columns, its rows and its caption as HTML. */
export const scrollingTable = (head: readonly string[], rows: readonly string[], caption = ''): string =>
  `<div class="scroll" tabindex="0" role="group" aria-label="Table, which scrolls where it is narrow"><table>${caption}<thead><tr>${head.map((each) => `<th scope="col">${each}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
