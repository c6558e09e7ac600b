import { describe, expect, it } from 'vitest';
import { routesIn } from './routes.ts';

const offer = [
  'v=0',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:1',
  'a=msid:PA_ann TR_mic',
  'a=ssrc:111 cname:x',
  'a=ssrc:111 msid:PA_ann TR_mic',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'a=mid:2',
  'a=ssrc-group:FID 222 223',
  'a=ssrc:222 cname:x',
  'a=ssrc:223 cname:x',
  'a=msid:PA_ann TR_cam',
  '',
].join('\r\n');

describe('a subscriber’s offer', () => {
  it('tells which stream is which track', () => {
    expect([...routesIn(offer)]).toEqual([
      [111, 'TR_mic'],
      [222, 'TR_cam'],
      [223, 'TR_cam'],
    ]);
  });

  it('that says nothing of streams has none', () => {
    expect(routesIn('').size).toBe(0);
    expect(routesIn('m=audio\r\na=msid:\r\na=ssrc:\r\n').size).toBe(0);
  });
});
