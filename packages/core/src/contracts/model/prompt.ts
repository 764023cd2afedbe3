/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What the user asks for: one user turn, or a conversation that ends with a user turn. */
export type Prompt = string | readonly ChatMessage[];
