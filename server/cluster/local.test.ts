import { describe } from 'vitest';
import { SharedDirectory } from '../testing/fakes.ts';
import { countersConformance, directoriesConformance, directoryConformance } from './conformance.ts';
import { LocalCounters } from './local-counters.ts';
import { LocalDirectory } from './local-directory.ts';

describe('a server that is alone', () => {
  describe('has every room', () => directoryConformance(() => new LocalDirectory()));
  describe('counts by itself', () => countersConformance(() => new LocalCounters()));
});

describe('servers of a test', () => {
  const make = () => SharedDirectory.of('https://one.example', 'https://two.example');
  describe('know who has a room', () => directoryConformance(() => make()[0]));
  describe('share their rooms', () => directoriesConformance(make));
});
