/** What a database must do, whichever it is: run on PGlite and on PostgreSQL. */
import { afterAll, beforeAll, describe } from 'vitest';
import { finds } from './finding.ts';
import { forgets } from './forgetting.ts';
import { keeps } from './keeping.ts';
import { lasts } from './lasting.ts';
import { type Place, StoreSubject } from './subject.ts';

/** @param place where nothing is yet */
export function databaseContract(name: string, place: () => Promise<Place>): void {
  describe(name, () => {
    const subject = new StoreSubject();
    beforeAll(async () => {
      subject.open(await place());
      await subject.database.ready();
    });
    afterAll(() => subject.close());

    for (const part of [keeps, finds, forgets, lasts]) part(subject);
  });
}
