import { useEffect } from 'react';
import type { LocalMedia } from '../room/local.ts';

/** What a key does, while nobody types. */
export type Actions = { grid(): void; captions(): void; hand(): void };

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]') !== null;

/** Keys that people know from elsewhere, for the list in the settings. */
export const SHORTCUTS = [
  ['M', 'device.microphone'],
  ['V', 'device.camera'],
  ['Space', 'keys.talk'],
  ['G', 'call.grid'],
  ['C', 'call.captions'],
  ['H', 'keys.hand'],
  ['Ctrl D, Ctrl E', 'keys.devices'],
] as const;

/** Listens for shortcuts for as long as the call is shown. */
export function useShortcuts(local: LocalMedia, { grid, captions, hand }: Actions): void {
  useEffect(() => {
    /** The microphone was off before it was held open. */
    let held = false;
    const microphone = () => local.setMuted(!local.store.get().muted);
    const camera = () => void local.setCamera(local.store.get().camera.status !== 'on');
    const down = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if (event.altKey || event.shiftKey || event.repeat) {
        if (held && key === ' ') event.preventDefault();
        return;
      }
      const command = event.ctrlKey || event.metaKey;
      const actions: Record<string, () => void> = command
        ? { d: microphone, e: camera }
        : { m: microphone, v: camera, g: grid, c: captions, h: hand };
      if (!command && (isTyping(event.target) || document.querySelector('dialog[open]'))) return;
      if (!command && key === ' ' && !(event.target instanceof HTMLButtonElement) && local.store.get().muted) {
        event.preventDefault();
        held = true;
        local.setMuted(false);
        return;
      }
      const action = actions[key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    const up = (event: KeyboardEvent | Event) => {
      if (!held || (event instanceof KeyboardEvent && event.key !== ' ')) return;
      held = false;
      local.setMuted(true);
    };
    addEventListener('keydown', down);
    addEventListener('keyup', up);
    addEventListener('blur', up);
    return () => {
      removeEventListener('keydown', down);
      removeEventListener('keyup', up);
      removeEventListener('blur', up);
    };
  }, [local, grid, captions, hand]);
}
