import { describe, expect, it } from 'vitest';
import { FeelingFusion } from './fusion.ts';
import type { Reading } from './ports.ts';

const face = (emotions: Reading['emotions'], over: Partial<Reading> = {}): Reading => ({
  source: 'face',
  emotions,
  valence: 0,
  arousal: 0.5,
  confidence: 0.9,
  ...over,
});
const words = (emotions: Reading['emotions'], over: Partial<Reading> = {}): Reading => ({
  source: 'words',
  emotions,
  valence: 0,
  confidence: 0.75,
  ...over,
});
const voice = (arousal: number, confidence = 0.7): Reading => ({ source: 'voice', emotions: {}, arousal, confidence });

describe('one feeling out of several senses', () => {
  it('is nothing before anything was sensed, and nothing again when all has faded', () => {
    const fusion = new FeelingFusion();
    expect(fusion.feeling(0)).toBeUndefined();
    fusion.push(face({ happy: 0.9 }), 0);
    expect(fusion.feeling(0)!.label).toBe('happy');
    expect(fusion.feeling(300_000)).toBeUndefined();
  });

  it('never has a name without evidence: a lively voice alone is lively, not happy', () => {
    const fusion = new FeelingFusion();
    for (let i = 0; i < 20; i++) fusion.push(voice(0.95), i * 1000);
    expect(fusion.feeling(20_000)).toMatchObject({ label: 'neutral', sources: ['voice'] });
    expect(fusion.feeling(20_000)!.arousal).toBeGreaterThan(0.9);
  });

  it('is surer where senses agree', () => {
    const one = new FeelingFusion();
    one.push(face({ sad: 0.6 }), 0);
    const both = new FeelingFusion();
    both.push(face({ sad: 0.6 }), 0);
    both.push(words({ sad: 0.6 }), 0);
    expect(both.feeling(0)!.confidence).toBeGreaterThan(one.feeling(0)!.confidence);
    expect(both.feeling(0)!.sources).toEqual(['face', 'words']);
  });

  it('is steady: one odd picture in a happy minute changes nothing', () => {
    const fusion = new FeelingFusion();
    const labels = new Set<string>();
    for (let i = 0; i < 60; i++) {
      fusion.push(face(i % 20 === 10 ? { angry: 0.9 } : { happy: 0.8 }), i * 700);
      labels.add(fusion.feeling(i * 700)!.label);
    }
    expect([...labels]).toEqual(['happy']);
  });

  it('does not flicker between two that are equally likely', () => {
    const fusion = new FeelingFusion();
    let changes = 0;
    let before = '';
    for (let i = 0; i < 100; i++) {
      fusion.push(face(i % 2 === 0 ? { happy: 0.5, surprised: 0.45 } : { happy: 0.45, surprised: 0.5 }), i * 500);
      const { label } = fusion.feeling(i * 500)!;
      if (label !== before) changes += 1;
      before = label;
    }
    expect(changes).toBe(1);
  });

  it('follows a real change within a few pictures', () => {
    const fusion = new FeelingFusion();
    for (let i = 0; i < 20; i++) fusion.push(face({ happy: 0.9 }, { valence: 0.8 }), i * 700);
    let pictures = 0;
    while (fusion.feeling(20_000 + pictures * 700)!.label !== 'sad') {
      fusion.push(face({ sad: 0.9 }, { valence: -0.6 }), 20_000 + pictures * 700);
      pictures += 1;
      expect(pictures).toBeLessThan(6);
    }
    expect(fusion.feeling(20_000 + pictures * 700)!.valence).toBeLessThan(0);
  });

  it('takes pleasantness from faces and words, never from prosody', () => {
    const fusion = new FeelingFusion();
    fusion.push(face({}, { valence: 0.8 }), 0);
    fusion.push(voice(0.1), 0);
    const { valence, arousal } = fusion.feeling(0)!;
    expect(valence).toBeCloseTo(0.8);
    expect(arousal).toBeLessThan(0.4);
  });

  it('forgets a sense that is closed', () => {
    const fusion = new FeelingFusion();
    fusion.push(face({ happy: 0.9 }), 0);
    fusion.push(voice(0.5), 0);
    fusion.forget('face');
    expect(fusion.feeling(0)).toMatchObject({ label: 'neutral', sources: ['voice'] });
  });
});
