import { describe, expect, it } from 'vitest';
import type { ToMedia } from './messages.ts';
import { RtpLine } from './rtp-line.ts';

const face = { rig: 'avatars/ollie', width: 512, height: 512, frameRate: 25, bitrate: 800_000 };

function scene() {
  const sent: ToMedia[] = [];
  const line = new RtpLine({
    face,
    send: message => void sent.push(message),
    attach: () => {},
    stats: () => Promise.reject(new Error('no counters')),
    close: async () => {},
  });
  return { line, sent };
}

describe('the bitrate of the face', () => {
  it('follows the viewers between what an encoder needs and what a face is better for', () => {
    const { line, sent } = scene();
    for (const bitrate of [0, 10_000, 400_000, 9_000_000]) line.viewers(0, bitrate);
    const bitrates = sent.flatMap(message => (message.type === 'viewers' ? [message.bitrate] : []));
    expect(bitrates).toEqual([50_000, 50_000, 400_000, 1_600_000]);
  });
});
