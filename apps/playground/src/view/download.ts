/** Has the browser keep a text or bytes as a file. */
export const download = (contents: string | Uint8Array<ArrayBuffer>, name: string, type: string): void => {
  const address = URL.createObjectURL(new Blob([contents], { type }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The browser has begun reading by then; at once would be too early in some.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
