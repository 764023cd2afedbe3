/** Has the browser keep a text as a file. */
export const download = (text: string, name: string, type: string): void => {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The browser has begun reading by then; at once would be too early in some.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
