/** One LiveKit room in the carrier: our participant in it, and the line to the agent. */
import { DataPacket, DataPacket_Kind, UserPacket } from '@livekit/protocol';
import { AgentLine } from '../agent-line.ts';
import { Participant } from '../participant.ts';
import { TextReader, writeText } from '../text-streams.ts';
import type { Calls, Joined, RoomNotice } from './messages.ts';

type Asks<C extends keyof Calls> = Omit<Calls[C]['asks'], 'room'>;
/** Before text streams there was a message of its own for chat. */
const CHAT = 'lk.chat';

export class CarrierRoom {
  readonly #notify: (notice: RoomNotice) => void;
  readonly #texts: TextReader;
  readonly #quality = new Map<string, 'medium' | 'high'>();
  readonly #closing = new AbortController();
  #participant: Participant | undefined;
  #line: AgentLine | undefined;

  constructor(notify: (notice: RoomNotice) => void) {
    this.#notify = notify;
    this.#texts = new TextReader((from, text) => notify({ type: 'text', from, text }));
  }

  async join({ url, token, face }: Asks<'join'>): Promise<Joined> {
    await this.#participant?.close();
    this.#participant = undefined;
    const participant = await Participant.join({
      url,
      token,
      publishes: { face },
      signal: this.#closing.signal,
      events: {
        changed: each => this.#notify({ type: 'changed', participant: each }),
        left: identity => this.#notify({ type: 'left', identity }),
        speakers: identities => this.#notify({ type: 'speakers', identities }),
        rtp: (trackSid, packet) => this.#line?.rtp(trackSid, packet),
        rtcp: packet => this.#line?.rtcp(packet),
        data: packet => {
          const { participantIdentity: from, value } = packet;
          if (value.case === 'chatMessage' && !value.value.generated && !value.value.deleted)
            this.#notify({ type: 'text', from, text: { topic: CHAT, text: value.value.message, attributes: {} } });
          else this.#texts.add(packet);
        },
        watched: watched => this.#notify({ type: 'watched', watched }),
        token: fresh => this.#notify({ type: 'token', token: fresh }),
        closed: ({ message, retryable }) => {
          if (this.#participant === participant) this.#participant = undefined;
          this.#notify({ type: 'closed', message, retryable });
        },
      },
    });
    this.#participant = participant;
    // After a lost line: what the agent listened to goes on.
    for (const trackSid of this.#line?.passed ?? []) participant.subscribe(trackSid, this.#quality.get(trackSid));
    return { identity: participant.identity, voiceSid: participant.voiceSid, others: participant.others };
  }

  async serve({ ip, agent }: Asks<'serve'>): Promise<{ ip: string; port: number }> {
    for (const trackSid of this.#line?.passed ?? []) this.stop({ trackSid });
    this.#line ??= await AgentLine.open(ip, () => this.#participant);
    this.#line.serve(agent);
    return { ip, port: this.#line.port };
  }

  pass({ trackSid, quality }: Asks<'pass'>): { ssrc: number } {
    if (this.#line === undefined) throw new Error('no agent is there to listen');
    if (quality !== undefined) this.#quality.set(trackSid, quality);
    this.#participant?.subscribe(trackSid, quality);
    return { ssrc: this.#line.pass(trackSid) };
  }

  stop({ trackSid }: Asks<'stop'>): void {
    this.#line?.stop(trackSid);
    this.#quality.delete(trackSid);
    this.#participant?.unsubscribe(trackSid);
  }

  tell({ text, sender }: Asks<'tell'>): void {
    for (const packet of writeText(text, sender)) this.#participant?.send(packet);
  }

  packet({ to, topic, payload }: Asks<'packet'>): void {
    this.#participant?.send(
      new DataPacket({
        kind: DataPacket_Kind.RELIABLE,
        destinationIdentities: [to],
        value: { case: 'user', value: new UserPacket({ topic, payload: Buffer.from(payload) }) },
      }),
    );
  }

  attributes({ name, attributes }: Asks<'attributes'>): void {
    this.#participant?.describe(name, attributes);
  }

  async leave(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#participant?.close(), this.#line?.close()]);
    this.#participant = undefined;
    this.#line = undefined;
  }
}
