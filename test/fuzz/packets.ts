/** Packets as a router may send them to an agent: right, nearly right, and rubbish. */
import * as fc from 'fast-check';
import { packetizeVp8 } from '../../agents/media/rtp/vp8-payload.ts';
import { writeKeyframeRequest, writeRtp, writeSenderReport } from '../../agents/media/rtp/wire.ts';
import { mutatedBytes } from './arbitraries.ts';

export const VOICE_SSRC = 1001;
export const CAMERA_SSRC = 1002;

/** Sequences and timestamps near where a stream is, around their wrap, and anywhere. */
const near = (bits: number) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.nat(300) },
    { weight: 2, arbitrary: fc.nat(300).map(back => 2 ** bits - 1 - back) },
    { weight: 1, arbitrary: fc.nat(2 ** Math.min(bits, 31) - 1) },
  );
const header = {
  marker: fc.boolean(),
  sequence: near(16),
  timestamp: near(32).map(near => near * 960),
};
const voice = fc
  .record({ ...header, payload: fc.uint8Array({ maxLength: 80 }) })
  .map(packet => writeRtp({ ...packet, payloadType: 111, ssrc: VOICE_SSRC }));
const camera = fc
  .record({ ...header, frame: fc.uint8Array({ minLength: 1, maxLength: 1200 }), pictureId: fc.nat(0x7fff) })
  .map(({ frame, pictureId, ...rest }) =>
    writeRtp({
      ...rest,
      payload: packetizeVp8(frame, { pictureId, baseId: pictureId & 0xff, layer: 0 })[0]!,
      payloadType: 96,
      ssrc: CAMERA_SSRC,
    }),
  );
const rtcp = fc.oneof(
  fc.nat(2 ** 31 - 1).map(writeKeyframeRequest),
  fc
    .record({ ssrc: fc.nat(), unixMs: fc.nat(), timestamp: fc.nat(), packets: fc.nat(), octets: fc.nat() })
    .chain(report => fc.string({ maxLength: 300 }).map(name => writeSenderReport(report, name))),
);

export const datagram: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 3, arbitrary: voice },
  { weight: 3, arbitrary: camera },
  { weight: 1, arbitrary: rtcp },
  { weight: 4, arbitrary: mutatedBytes(fc.oneof(voice, camera, rtcp)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 1500 }).map(bytes => Buffer.from(bytes)) },
);
