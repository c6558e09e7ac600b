import { useEffect, useState } from 'react';
import type { AvatarEntry, AvatarList, PortraitMade, PortraitVoice } from '../../protocol/portraits.ts';
import { loadPortraits, type OwnPortrait, savePortraits } from '../room/own-portraits.ts';
import { giveVoice, listAvatars, removePortrait } from './portrait-api.ts';

export type AvatarChoices = AvatarList & {
  add(made: PortraitMade): void;
  remove(id: string): Promise<void>;
  /** Of a portrait that was made in this browser. */
  giveVoice(id: string, voice: PortraitVoice): Promise<void>;
  /** Of one that was made in this browser; undefined: of no other. */
  secretOf(id: string): string | undefined;
  /** What is known of one has changed. */
  changed(avatar: AvatarEntry): void;
};

/**
 * The avatars to choose from; undefined until known, and where the server does not say.
 * @param named one that a link asks for: somebody else’s portrait, perhaps
 */
export function useAvatars(named?: string): AvatarChoices | undefined {
  const [own, setOwn] = useState<OwnPortrait[]>(loadPortraits);
  const [list, setList] = useState<AvatarList>();
  useEffect(() => {
    const stop = new AbortController();
    const asked = [...loadPortraits().map(({ id }) => id), ...(named === undefined ? [] : [named])];
    listAvatars([...new Set(asked)], stop.signal)
      .then(setList)
      .catch(() => {});
    return () => stop.abort();
  }, [named]);
  const change = (
    portraits: (before: OwnPortrait[]) => OwnPortrait[],
    avatars: (before: AvatarEntry[]) => AvatarEntry[],
  ) => {
    setOwn(before => {
      const after = portraits(before);
      savePortraits(after);
      return after;
    });
    setList(before => before && { ...before, avatars: avatars(before.avatars) });
  };
  const changed = (avatar: AvatarEntry) =>
    change(
      before => before,
      before => before.map(each => (each.id === avatar.id ? avatar : each)),
    );
  return (
    list && {
      ...list,
      add: ({ avatar, ownerSecret }) =>
        change(
          before => [...before, { id: avatar.id, secret: ownerSecret }],
          before => [...before, avatar],
        ),
      giveVoice: async (id, voice) => {
        const portrait = own.find(each => each.id === id);
        if (portrait === undefined) return;
        changed(await giveVoice(id, voice, portrait.secret));
      },
      secretOf: id => own.find(each => each.id === id)?.secret,
      changed,
      remove: async id => {
        const portrait = own.find(each => each.id === id);
        if (portrait !== undefined) await removePortrait(id, portrait.secret);
        const others = (each: { id: string }) => each.id !== id;
        change(
          before => before.filter(others),
          before => before.filter(others),
        );
      },
    }
  );
}
