/** What people are told where there is no voice of their own. */
import { OWN_VOICE } from '../../protocol/limits.ts';
import type { OwnVoiceFault } from '../../protocol/own-voice.ts';
import { PortraitError, type PortraitFault } from '../../protocol/portraits.ts';

const { minSeconds, maxSeconds } = OWN_VOICE;
const LENGTH = `Record ${minSeconds} to ${maxSeconds} seconds: the sentence first, then go on as you usually talk.`;

const FAULTS: Record<OwnVoiceFault, readonly [code: PortraitFault, message: string, retryable?: true]> = {
  busy: ['busy', 'Another recording is being worked on right now. Please try again in a minute.', true],
  'not-audio': ['not-audio', 'This is not a sound that can be read: send a WAV file.'],
  'too-short': ['recording-length', `This recording is too short. ${LENGTH}`],
  'too-long': ['recording-length', `This recording is too long. ${LENGTH}`],
  'too-quiet': ['too-quiet', 'Hardly anything can be heard in this recording. Go closer to the microphone.'],
  'not-consented': [
    'not-consented',
    'The sentence could not be heard in this recording. Ask for a new one, and read all of it clearly, word by word, where it is quiet.',
  ],
  refused: ['voice-refused', 'The vendor of the voice did not take this recording. Record it where it is quieter.'],
  full: [
    'voices-full',
    'The vendor of the voice takes no more voices for now. The operator of this server can change that.',
  ],
  failed: ['voice-failed', 'The voice could not be made. Please try again.', true],
};

export function notMade(why: OwnVoiceFault): PortraitError {
  const [code, message, retryable = false] = FAULTS[why];
  return new PortraitError(code, message, { retryable });
}
export const tooMany = (): PortraitError => notMade('busy');
export const notOffered = (): PortraitError =>
  new PortraitError(
    'own-voices-off',
    'This server makes no voices of people’s own: its operator has to set up agent.voiceCloning, and keep conversations.',
  );
export const consentOver = (): PortraitError =>
  new PortraitError('consent-over', 'This sentence is not valid any more: ask for a new one, and record it.');
