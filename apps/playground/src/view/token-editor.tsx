import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Slot } from '../history/lane-history.js';
import { tokenNamed } from '../history/token-named.js';
import type { Words } from '../history/words.js';
import { spokenToken } from './token-text.js';

interface EditorProps {
  readonly slot: Slot;
  readonly words: Words;
  readonly locked: boolean;
  /** Whether it was reached by keyboard, which then goes on here; Escape leads back to the token. */
  readonly focused: boolean;
  leave(): void;
  write(tokenId: number): void;
  lock(tokenId: number): void;
}

/** What can be done with a token: type another in its place, or have it stand from the beginning. */
export const TokenEditor = ({
  slot,
  words,
  locked,
  focused,
  leave,
  write,
  lock,
}: EditorProps): JSX.Element => {
  const typed = useSignal('');
  const unknown = useSignal<string | undefined>(undefined);
  const { tokenId } = slot;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // On a narrow screen it is far from the token.
    form.current?.scrollIntoView({ block: 'nearest' });
    if (focused) form.current?.querySelector('input')?.focus();
  }, [focused]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    leave();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const id = tokenNamed(words, typed.value);
    unknown.value = id === undefined ? typed.value : undefined;
    if (id === undefined) return;
    typed.value = '';
    write(id);
  };
  return (
    <form class="editor" ref={form} onSubmit={submit} onKeyDown={onKeyDown}>
      <label for="write-token">Write another word, and run on from there</label>
      <div class="row">
        <input
          id="write-token"
          type="text"
          autocomplete="off"
          maxLength={40}
          value={typed.value}
          aria-describedby="write-problem"
          onInput={({ currentTarget }) => {
            typed.value = currentTarget.value;
            unknown.value = undefined;
          }}
        />
        <button type="submit" disabled={typed.value.trim() === ''}>
          Write
        </button>
        <button
          type="button"
          disabled={tokenId === undefined && !locked}
          aria-pressed={locked}
          title="A locked token stands in both lanes from the beginning of the next run"
          onClick={() => lock(tokenId ?? -1)}
        >
          {locked ? 'Unlock' : 'Lock'}
        </button>
      </div>
      <p id="write-problem" class="says" role="status">
        {unknown.value !== undefined
          ? `“${unknown.value}” is no single token of this model: try a shorter or simpler word.`
          : locked && tokenId !== undefined
            ? `“${spokenToken(words, tokenId)}” stands in both lanes from the next run on.`
            : ''}
      </p>
    </form>
  );
};
