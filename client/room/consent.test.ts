import { describe, expect, it, vi } from 'vitest';
import type { RoomClient } from './client.ts';
import { loadPrefs, savePrefs } from './prefs.ts';
import { FakeSignaling, joinedOver, rememberingBrowser, seat, snapshot } from './testing.ts';

const NOTHING = { feelings: false, sight: false, recording: false };

rememberingBrowser();

/** A call whose server keeps to what it is told. */
async function call() {
  const wire = new FakeSignaling();
  wire.answers.join = ({ consent, resumeKey }: { consent: typeof NOTHING; resumeKey?: string }) => {
    const joined = seat(resumeKey !== undefined);
    return { ...joined, snapshot: { ...joined.snapshot, you: { ...joined.snapshot.you, consent } } };
  };
  const client = await joinedOver(wire);
  const told = () => wire.inputs('join').map(input => (input as { consent?: object }).consent);
  return { wire, client, told };
}

describe('[S1] what the avatar may notice', () => {
  it('is nothing until somebody has answered the question', async () => {
    const { told, client } = await call();
    expect(told()).toEqual([NOTHING]);
    expect(client.store.get().you?.consent).toEqual(NOTHING);
  });

  it('is told with the first word, as it was answered', async () => {
    savePrefs({ consent: { feelings: true } });
    const { wire, told } = await call();
    expect(told()).toEqual([{ ...NOTHING, feelings: true }]);
    expect(wire.count('consent')).toBe(0);
  });

  it('is the same after a lost connection, and in a room that ended under them; a recording is not', async () => {
    const { wire, client, told } = await call();
    client.consent({ feelings: true, sight: true, recording: true });
    wire.link(false);
    wire.link(true);
    await vi.advanceTimersByTimeAsync(2);
    wire.notify('room.closed', { reason: 'worker-died', message: '', retryable: true });
    await vi.advanceTimersByTimeAsync(2);
    const now = { feelings: true, sight: true };
    expect(told()).toEqual([NOTHING, { ...now, recording: true }, { ...now, recording: false }]);
    expect(loadPrefs().consent).toEqual({ ...now, recording: false });
  });

  it('is told again where it was changed while the answer was on its way', async () => {
    const { wire, client } = await call();
    const gate = Promise.withResolvers<void>();
    const { join } = wire.answers;
    wire.answers.join = async input => {
      await gate.promise;
      return join?.(input);
    };
    wire.link(false);
    wire.link(true);
    await vi.advanceTimersByTimeAsync(2);
    client.consent({ ...NOTHING, feelings: true });
    gate.resolve();
    await vi.advanceTimersByTimeAsync(2);
    expect(wire.inputs('consent').at(-1)).toEqual({ ...NOTHING, feelings: true });
    expect(client.store.get().you?.consent).toEqual({ ...NOTHING, feelings: true });
  });
});

describe('what was said before', () => {
  const line = (id: string, atMs: number) => ({
    ...{ id, turnId: id, speaker: 'ada', speakerName: 'Ada', role: 'user' as const, source: 'text' as const },
    ...{ text: id, final: true, atMs },
  });
  const shown = (client: RoomClient) => client.store.get().log.map(({ id }) => id);

  it('comes when it is asked for, in front, until there is no more', async () => {
    const { wire, client } = await call();
    wire.answers.join = () => ({ ...seat(), snapshot: { ...snapshot(), log: [line('c', 3)], earlier: true } });
    wire.answers['log.earlier'] = ({ before }: { before: string }) =>
      before === 'c' ? { entries: [line('b', 2)], earlier: true } : { entries: [line('a', 1)], earlier: false };
    wire.notify('room.closed', { reason: 'worker-died', message: '', retryable: true });
    await vi.advanceTimersByTimeAsync(2);
    expect([shown(client), client.store.get().oldest]).toEqual([['c'], 'c']);
    await client.showEarlier();
    await client.showEarlier();
    expect([shown(client), client.store.get().oldest]).toEqual([['a', 'b', 'c'], undefined]);
    await client.showEarlier();
    expect(wire.count('log.earlier')).toBe(2);
  });

  it('is found also where the oldest that is shown was deleted', async () => {
    const { wire, client } = await call();
    wire.answers.join = () => ({
      ...seat(),
      snapshot: { ...snapshot(), log: [line('b', 2), line('c', 3)], earlier: true },
    });
    wire.notify('room.closed', { reason: 'worker-died', message: '', retryable: true });
    await vi.advanceTimersByTimeAsync(2);
    wire.notify('log.removed', { entryId: 'b' });
    expect(client.store.get().oldest).toBe('c');
  });
});
