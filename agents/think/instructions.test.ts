import { describe, expect, it } from 'vitest';
import { PERSONA } from '../testing/scene.ts';
import { instructionsFor } from './instructions.ts';

describe('instructionsFor', () => {
  it('adds the house rules and nothing that the persona does not say', () => {
    const told = instructionsFor({ ...PERSONA, instructions: 'Be an octopus.\n' });
    expect(told).toMatch(
      /^Be an octopus\.\n\nYou are in a live video call.*one to three short sentences.*\nYou are an AI.*$/,
    );
  });

  it('tells what the persona knows, how it is, how long it may speak, and in what language', () => {
    const told = instructionsFor({
      ...PERSONA,
      expertise: ['closing', 'prospecting'],
      limits: { answerSeconds: 15, sentences: 4 },
      style: 'Warm and calm.\n',
      language: 'de',
    });
    expect(told).toContain('at most 4 short sentences of plain speech');
    expect(told).not.toContain('one to three');
    expect(told).toContain('no longer than 15 seconds');
    expect(told).toContain('What you know best: closing, prospecting.');
    expect(told).toContain('Your manner: Warm and calm.');
    expect(told).toContain('You speak German.');
  });
});
