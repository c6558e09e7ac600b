/** Attacks on the UDP port of a conversation's media thread. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import * as fc from 'fast-check';
import { ConversationMedia } from '../../agents/media/conversation-media.ts';
import { ANSWER_MS } from './oracle.ts';
import { CAMERA_SSRC, datagram, VOICE_SSRC } from './packets.ts';
import { type Budget, fuzz } from './run.ts';

const FACE = { rig: 'avatars/ollie', width: 64, height: 64, frameRate: 25, bitrate: 100_000 };
const PER_RUN = 200;

/** @returns how many messages were sent */
export async function fuzzMedia(budget: Budget): Promise<number> {
  const media = new ConversationMedia({ listenIp: '127.0.0.1', face: FACE });
  const failures: string[] = [];
  media.attach({ sound: () => {}, progress: () => {}, failed: message => void failures.push(message) });
  const port = await media.bound;
  media.send({ type: 'listen', identity: 'ann', ssrc: VOICE_SSRC });
  media.send({ type: 'see', identity: 'ann', source: 'camera', ssrc: CAMERA_SSRC });
  const socket = createSocket('udp4');
  const send = (data: Buffer) =>
    new Promise<void>((resolve, reject) =>
      socket.send(data, port, '127.0.0.1', error => (error ? reject(error) : resolve())),
    );
  let sent = 0;
  try {
    await fuzz(fc.array(datagram, { minLength: PER_RUN / 2, maxLength: PER_RUN }), budget, async packets => {
      for (const packet of packets) await send(packet);
      sent += packets.length;
      const stats = await Promise.race([
        media.stats(),
        new Promise<never>((_, reject) =>
          setTimeout(() => reject(new Error('the media thread does not answer')), ANSWER_MS).unref(),
        ),
      ]);
      assert(stats.rtpReceived <= sent);
      assert.deepEqual(failures, []);
    });
  } finally {
    socket.close();
    await media.close();
  }
  return sent;
}
