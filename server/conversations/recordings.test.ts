import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import { FolderBlobs } from '../blobs/folder.ts';
import type { Room, Seat } from '../rooms/room.ts';
import { type TestApp, testApp } from '../testing/app.ts';
import { admission, entry, FakeHost } from '../testing/fakes.ts';
import { eraseRecording, recordingsFolder } from './recordings.ts';

let system: TestApp;
let host: FakeHost;
let count = 0;

beforeAll(async () => {
  system = await testApp({ conversations: { idleMinutes: 1 } });
  await system.conversations!.database.ready();
}, 60_000);
afterAll(() => system.close());
beforeEach(() => {
  if (host !== undefined) system.dispatcher.disconnected(host);
  host = new FakeHost(`host-${++count}`);
  const { answer } = host;
  host.answer = offer => ({ ...(answer(offer) as object), records: true });
  system.dispatcher.connected(host);
  system.dispatcher.status(host, host.status);
});

interface Call {
  room: Room;
  seat: Seat;
  /** Which conversation its host was told of, since. */
  told(): unknown[];
  conversation: string;
  folder: string;
}

/** Ann is in a room with an avatar that records, and wants it; what is recorded of her is on the disk. */
async function recorded(person: string): Promise<Call> {
  const who = admission('ann', { person, room: `room-${++count}` });
  const room = await system.rooms.enter(who);
  const seat = room.join(who, () => {});
  await expect.poll(() => room.agent?.records).toBe(true);
  room.consent(seat, { ...DEFAULT_CONSENT, recording: true });
  room.logged(entry('a'));
  const offer = host.of('job.offer').find(each => each.room === who.room) as { jobId: string; conversation: string };
  const { conversation } = offer;
  const changes = () => host.of('job.conversation').filter(({ jobId }) => jobId === offer.jobId);
  const told = () => changes().map(each => each.conversation);
  const folder = path.join(recordingsFolder(system.dataDir), conversation);
  fs.mkdirSync(path.join(folder, '1'), { recursive: true });
  fs.writeFileSync(path.join(folder, '1', 'person-0.pcm'), 'voice');
  return { room, seat, told, conversation, folder };
}

describe('what is recorded of a conversation', () => {
  it('is removed with it, here and at every host, and nothing more is recorded', async () => {
    const { room, seat, told, conversation, folder } = await recorded('p-1');
    expect(await system.conversations!.remove(conversation)).toBe(true);
    expect(fs.existsSync(folder)).toBe(false);
    expect(host.of('recording.erase')).toEqual([{ conversation }]);
    expect(told()).toEqual([undefined]);
    expect(seat.consent.recording).toBe(false);
    expect(room.agent?.records).toBe(true);
  });

  it('is removed whole when one of its people is erased', async () => {
    const [mine, other] = [await recorded('p-2'), await recorded('p-3')];
    await system.conversations!.erase('p-2', async () => {});
    expect(fs.existsSync(mine.folder)).toBe(false);
    expect(fs.existsSync(other.folder)).toBe(true);
    expect(host.of('recording.erase')).toEqual([{ conversation: mine.conversation }]);
  });

  it('[S1] stays with the others where who is erased is not in it, and they are recorded on', async () => {
    const { room, seat, conversation, folder } = await recorded('p-7');
    fs.writeFileSync(path.join(folder, '1', 'events.jsonl'), '{"ms":0,"type":"joined","person":0,"identity":"ann"}\n');
    room.join(admission('eve', { person: 'p-eve', room: room.name }), () => {});
    room.logged(entry('e', { speaker: 'eve' }));
    expect(await system.conversations!.withdraw(conversation, 'p-eve')).toBe(true);
    expect(fs.existsSync(path.join(folder, '1'))).toBe(true);
    expect(host.of('recording.erase')).toEqual([{ conversation, only: ['eve'] }]);
    expect(seat.consent.recording).toBe(true);
    await system.conversations!.withdraw(conversation, 'p-7');
    expect(fs.existsSync(folder)).toBe(false);
  });

  it('stays when it is nobody’s business who asks', async () => {
    const { conversation, folder } = await recorded('p-4');
    expect(await system.conversations!.withdraw(conversation, 'p-5')).toBe(false);
    expect(fs.existsSync(folder)).toBe(true);
    expect(host.of('recording.erase')).toEqual([]);
  });

  it('is another’s when another conversation begins in the room', async () => {
    const { room, told, conversation } = await recorded('p-6');
    const startMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => startMs + 61_000);
    system.conversations!.scribe.endIdle();
    room.logged(entry('b'));
    clock.mockRestore();
    const [ended, begun] = told();
    expect(ended).toBeUndefined();
    expect(begun).toMatch(/^[0-9a-f-]{36}$/);
    expect(begun).not.toBe(conversation);
  });

  it('[S1] is nothing outside the folder of recordings', async () => {
    await expect(eraseRecording(new FolderBlobs(recordingsFolder(system.dataDir)), '../journal')).rejects.toThrow();
    expect(fs.existsSync(path.join(system.dataDir, 'journal'))).toBe(true);
  });
});

describe('where no conversations are kept', () => {
  it('nothing is recorded: nobody could erase it', async () => {
    const bare = await testApp({ conversations: { enabled: false } });
    bare.dispatcher.connected(host);
    bare.dispatcher.status(host, host.status);
    const room = await bare.rooms.enter(admission('ann'));
    room.join(admission('ann'), () => {});
    await expect.poll(() => room.agent).toBeDefined();
    expect(room.agent?.records).toBe(false);
    expect(host.of('job.offer').at(-1)?.conversation).toBeUndefined();
    await bare.close();
  });
});
