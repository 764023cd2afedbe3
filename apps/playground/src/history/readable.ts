/** A file as the store opens it; of what does not begin as a trace, the beginning: it may be a film. */
export const readable = (file: File): { name: string; text: () => Promise<string> } => ({
  name: file.name,
  text: async () => {
    const beginning = await file.slice(0, 1000).text();
    return beginning.trimStart().startsWith('{') ? file.text() : beginning;
  },
});
