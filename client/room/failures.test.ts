import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../protocol/errors.ts';
import { notices } from '../../protocol/signaling.ts';
import { closingOf, endingOf } from './failures.ts';

const friendly = ({ title, message }: { title: string; message: string }) => {
  expect(title).toMatch(/^[A-Z].{5,60}[a-z]$/);
  expect(message).toMatch(/^[A-Z].{5,200}[.]$/);
  // People read these: no codes, no jargon.
  expect(`${title} ${message}`).not.toMatch(/token|socket|HTTP|null|undefined|[a-z]-gone|error/i);
};

describe('every reason for a refusal', () => {
  it.each(ErrorCode.options)('%s has its own friendly words', code => {
    friendly(endingOf(code));
    const others = ErrorCode.options.filter(other => other !== code).map(other => endingOf(other).title);
    expect(others).not.toContain(endingOf(code).title);
  });

  it.each(['token-expired', 'unauthorized', 'forbidden'] as const)('%s does not offer to try the same again', code => {
    expect(endingOf(code).wayOn).toBe('home');
  });

  it.each(['room-full', 'server-full', 'internal', 'session-gone'] as const)('%s offers to join again', code => {
    expect(endingOf(code).wayOn).toBe('rejoin');
  });
});

describe('every reason for the end of a room', () => {
  it.each(notices['room.closed'].shape.reason.options)('%s has friendly words', reason => {
    friendly(closingOf(reason));
  });
});
