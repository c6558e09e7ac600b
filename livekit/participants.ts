/** Who is in a LiveKit room, as far as we need to know. */
import {
  type ParticipantInfo,
  ParticipantInfo_Kind,
  ParticipantInfo_State,
  TrackSource,
  TrackType,
} from '@livekit/protocol';

export type TrackPlace = 'microphone' | 'camera' | 'screen' | 'other';

export interface RemoteTrack {
  sid: string;
  kind: 'audio' | 'video';
  place: TrackPlace;
  muted: boolean;
  /** `video/VP8`, as the server names it. */
  mimeType: string;
}

export interface RemoteParticipant {
  identity: string;
  sid: string;
  name: string;
  /** Somebody who talks, by browser, app or telephone; an agent; or a recorder and the like. */
  kind: 'person' | 'agent' | 'machine';
  attributes: Record<string, string>;
  tracks: RemoteTrack[];
}

const PLACES: Partial<Record<TrackSource, TrackPlace>> = {
  [TrackSource.MICROPHONE]: 'microphone',
  [TrackSource.CAMERA]: 'camera',
  [TrackSource.SCREEN_SHARE]: 'screen',
};
const KINDS: Partial<Record<ParticipantInfo_Kind, RemoteParticipant['kind']>> = {
  [ParticipantInfo_Kind.STANDARD]: 'person',
  [ParticipantInfo_Kind.SIP]: 'person',
  [ParticipantInfo_Kind.AGENT]: 'agent',
};

export const isGone = (info: ParticipantInfo): boolean => info.state === ParticipantInfo_State.DISCONNECTED;

export const remoteParticipant = (info: ParticipantInfo): RemoteParticipant => ({
  identity: info.identity,
  sid: info.sid,
  name: info.name,
  kind: KINDS[info.kind] ?? 'machine',
  attributes: { ...info.attributes },
  tracks: info.tracks.flatMap(({ sid, type, source, muted, mimeType }) =>
    type === TrackType.AUDIO || type === TrackType.VIDEO
      ? [
          {
            sid,
            kind: type === TrackType.AUDIO ? ('audio' as const) : ('video' as const),
            // Programs that publish a voice often do not say from where.
            place:
              PLACES[source] ?? (source === TrackSource.UNKNOWN && type === TrackType.AUDIO ? 'microphone' : 'other'),
            muted,
            mimeType,
          },
        ]
      : [],
  ),
});
