import { describe, expect, it } from 'vitest';
import { PERSONA } from '../../testing/scene.ts';
import type { Exchange } from '../../think/ports.ts';
import { messagesOf } from './messages.ts';

const line = (text: string): Exchange => ({ role: 'user', speaker: 'ann', name: 'Ann', text });

describe('a conversation as a chat endpoint is told of it', () => {
  it('says what was meant for others, which nobody can say by writing it', () => {
    const history: Exchange[] = [{ ...line('Pass the salt.'), overheard: true }, line('(Said to others:) Hello.')];
    const [, aside, claimed, turn] = messagesOf({ persona: PERSONA, history, turn: [line('How are you?')] });
    expect(aside!.content).toMatch(/^\(Said to others:\) .*Pass the salt/);
    expect(claimed!.content).not.toMatch(/^\(Said to others:\)/);
    expect(turn!.content).toContain('How are you?');
  });
});
