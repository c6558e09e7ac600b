import { describe, expect, it } from 'vitest';
import { DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import { mayRecord } from '../call/recording.tsx';
import { loadPrefs } from './prefs.ts';
import { applyNotice, applySnapshot, initialState } from './state.ts';
import { avatar, FakeSignaling, joinedOver, rememberingBrowser, seat, snapshot } from './testing.ts';

const ada = { identity: 'ada', name: 'Ada', kind: 'human' as const, presence: 'here' as const, producers: [] };

rememberingBrowser();

describe('being recorded', () => {
  it('is offered where the avatar records', () => {
    expect(mayRecord(applySnapshot(initialState, snapshot()))).toBe(false);
    expect(mayRecord(applySnapshot(initialState, snapshot([{ ...avatar, recording: true }])))).toBe(true);
  });

  it('ends for the person, too, when the server says so', () => {
    const joined = applySnapshot(initialState, snapshot([avatar, ada]));
    const on = applyNotice(joined, 'participant.updated', { participant: { ...ada, recording: true } });
    expect(on.you?.consent).toEqual({ ...DEFAULT_CONSENT, recording: true });
    const off = applyNotice(on, 'participant.updated', { participant: ada });
    expect(off.you?.consent).toEqual(DEFAULT_CONSENT);
  });

  it('is said in each call anew: the browser remembers the other switches only', async () => {
    const wire = new FakeSignaling();
    wire.answers.join = () => seat();
    const client = await joinedOver(wire);
    client.consent({ feelings: false, sight: true, recording: true });
    expect(wire.inputs('consent')).toEqual([{ feelings: false, sight: true, recording: true }]);
    expect(loadPrefs().consent).toEqual({ feelings: false, sight: true, recording: false });
  });
});
