import type { RouterRtpCodecCapability, RtpParameters } from 'mediasoup/types';
import { AGENT_RTP } from '../../../protocol/agents.ts';
import type { AgentEndpoint } from '../room-control.ts';

/** What every room can carry: Opus with in-band FEC and DTX, VP8, and H.264 constrained baseline. */
export const ROUTER_CODECS: RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { useinbandfec: 1, usedtx: 1, minptime: 10 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, parameters: { 'x-google-start-bitrate': 1000 } },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
];

/** A voice in Opus, as the router must describe it. */
export const voiceRtp = ({ ssrc, cname }: { ssrc: number; cname: string }): RtpParameters => ({
  codecs: [
    {
      mimeType: 'audio/opus',
      payloadType: AGENT_RTP.audio.payloadType,
      clockRate: AGENT_RTP.audio.clockRate,
      channels: AGENT_RTP.audio.channels,
      parameters: { useinbandfec: 1, usedtx: 1 },
    },
  ],
  encodings: [{ ssrc, dtx: true }],
  rtcp: { cname, reducedSize: true },
});

/** What an agent sends, as the router must describe it. Both share one CNAME [M1]. */
export function agentRtp(kind: 'audio' | 'video', endpoint: AgentEndpoint): RtpParameters {
  const { cname } = endpoint;
  if (kind === 'audio') return voiceRtp({ ssrc: endpoint.audioSsrc, cname });
  return {
    codecs: [
      {
        mimeType: 'video/VP8',
        payloadType: AGENT_RTP.video.payloadType,
        clockRate: AGENT_RTP.video.clockRate,
        rtcpFeedback: [
          { type: 'nack', parameter: 'pli' },
          { type: 'ccm', parameter: 'fir' },
        ],
      },
    ],
    // A consumer whose line is slow gets the base layer: half of the pictures. The second encoding is never sent: it
    // makes these simulcast to mediasoup, which as SVC (3.27.1) drops the keyframe that a VP8 consumer begins with.
    encodings: [
      { ssrc: endpoint.videoSsrc, scalabilityMode: 'L1T2' },
      { ssrc: endpoint.videoSsrc + 1, scalabilityMode: 'L1T2' },
    ],
    rtcp: { cname, reducedSize: true },
  };
}
