import { beforeEach, describe, expect, it } from 'vitest';
import type { RoomListener } from '../rooms/listeners.ts';
import { Room, type Seat } from '../rooms/room.ts';
import { browserMedia } from '../rooms/room-control.ts';
import { admission, FakeAgent, FakeEngine, settle, silentLog } from '../testing/fakes.ts';
import { JobSight } from './job-sight.ts';

const listener = new Proxy({} as RoomListener, { get: () => () => {} });
let room: Room;
let ann: Seat;
let agent: FakeAgent;
let told: string[];
let sight: JobSight;

beforeEach(async () => {
  room = await Room.open(new FakeEngine(), { name: 'red', graceMs: 1000, maxPeople: 10, listener });
  ann = room.join(admission('ann'), () => {}, { feelings: true, sight: false, recording: false });
  agent = new FakeAgent();
  told = [];
  sight = new JobSight(
    room,
    agent,
    {
      sight: ({ identity, source }) => told.push(`sees ${identity} ${source}`),
      unsight: (identity, source) => told.push(`sees no more ${identity} ${source}`),
    },
    { takesPictures: true, log: silentLog },
  );
});

const produce = (source: 'camera' | 'screen', paused = false) =>
  browserMedia(ann.media).produce({ transportId: 't', kind: 'video', source, rtpParameters: {}, paused });
const consent = (feelings: boolean, seen: boolean) => {
  room.consent(ann, { feelings, sight: seen, recording: false });
  return sight.update('ann');
};

describe('which pictures go to an agent', () => {
  it('are those that somebody lets be noticed: the camera for feelings, the screen for sight only', async () => {
    const camera = await produce('camera');
    await produce('screen');
    await sight.update('ann');
    expect(told).toEqual(['sees ann camera']);
    expect([...agent.seen]).toEqual([[camera.producerId, { detail: false }]]);
    await consent(false, true);
    expect(agent.seen.size).toBe(2);
    expect([...agent.seen.values()]).toEqual([{ detail: true }, { detail: true }]);
  });

  it('[S1] are none before somebody has said so', async () => {
    room.leave(ann, 'left');
    room = await Room.open(new FakeEngine(), { name: 'blue', graceMs: 1000, maxPeople: 10, listener });
    ann = room.join(admission('ann'), () => {});
    await produce('camera');
    sight = new JobSight(room, agent, { sight: () => {}, unsight: () => {} }, { takesPictures: true, log: silentLog });
    await sight.update('ann');
    expect(agent.seen.size).toBe(0);
  });

  it('are none for sight where the dialogue cannot be shown any', async () => {
    await produce('camera');
    await produce('screen');
    const blind = new JobSight(
      room,
      agent,
      { sight: () => {}, unsight: () => {} },
      { takesPictures: false, log: silentLog },
    );
    room.consent(ann, { feelings: false, sight: true, recording: false });
    await blind.update('ann');
    expect(agent.seen.size).toBe(0);
  });

  it('are none after consent is withdrawn: nothing is even sent', async () => {
    await produce('camera');
    await sight.update('ann');
    await consent(false, false);
    expect(agent.seen.size).toBe(0);
    expect(told.at(-1)).toBe('sees no more ann camera');
  });

  it('are none of a camera that is paused or closed, and of nobody who left', async () => {
    const camera = await produce('camera', true);
    await sight.update('ann');
    expect(agent.seen.size).toBe(0);
    ann.media.producers()[0]!.paused = false;
    await sight.update('ann');
    expect(agent.seen.has(camera.producerId)).toBe(true);
    room.leave(ann, 'left');
    await sight.update('ann');
    expect(agent.seen.size).toBe(0);
  });

  it('follow the last wish, however fast wishes change', async () => {
    await produce('camera');
    const wishes = [true, false, true, false, true, false].map(feelings => consent(feelings, false));
    await Promise.all(wishes);
    expect(agent.seen.size).toBe(0);
    await consent(true, false);
    expect(agent.seen.size).toBe(1);
  });

  it('fail alone: a camera that cannot be sent ends nothing', async () => {
    agent.see = async () => {
      throw new Error('a camera that sends video/H264 cannot be seen');
    };
    await produce('camera');
    await sight.update('ann');
    expect(told).toEqual([]);
    sight.end();
    await sight.update('ann');
    await settle();
  });
});
