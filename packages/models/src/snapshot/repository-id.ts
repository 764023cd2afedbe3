/** Whether a text can be the id of a repository of the hub, `owner/name`, by the hub's own rules. */
export const isRepositoryId = (text: string): boolean =>
  /^\b[\w.-]{1,96}\b\/\b[\w.-]{1,96}\b$/.test(text) && !/--|\.\.|\.git$/.test(text);
