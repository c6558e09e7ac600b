import { Fragment, type ReactNode, useSyncExternalStore } from 'react';
import { type Key, language, messageOf, onLanguage } from './words.ts';

/** A message with elements in it: `rich('lobby.enter', { room: <strong>{room}</strong> })`. */
export const rich = (key: Key, nodes: Record<string, ReactNode>, count?: number): ReactNode =>
  messageOf(key, count)
    .split(/\{(\w+)\}/)
    // biome-ignore lint/suspicious/noArrayIndexKey: its place in the sentence is what a part is
    .map((part, i) => <Fragment key={i}>{i % 2 === 0 ? part : nodes[part]}</Fragment>);

/** Draws what it holds anew when another language is chosen. */
export function Spoken({ children }: { children(): ReactNode }) {
  useSyncExternalStore(onLanguage, language);
  return children();
}
