/**
 * Whether one of these people is in a recording: by what its `events.jsonl` tells, and where that tells nothing, if there
 * is anybody's sound.
 * @param files names of what is in its folder
 */
export function isRecorded(identities: readonly string[], { files, events }: { files: string[]; events: string }) {
  const people = recordedIn(events);
  return people.size === 0
    ? files.some(name => name.startsWith('person-'))
    : identities.some(identity => people.has(identity));
}

function recordedIn(events: string): Set<string> {
  const people = new Set<string>();
  for (const line of events.split('\n').filter(each => each !== ''))
    try {
      const { identity, entry } = JSON.parse(line) as {
        identity?: string;
        entry?: { role?: string; speaker?: string };
      };
      if (identity !== undefined) people.add(identity);
      if (entry?.role === 'user' && entry.speaker !== undefined) people.add(entry.speaker);
    } catch {
      // the last line, where the power went in mid-line
    }
  return people;
}
