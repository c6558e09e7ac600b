import { linked } from './links.ts';

/** What somebody wrote; web addresses in it are links, which tell nobody where they were followed from. */
export function Linked({ text }: { text: string }) {
  return linked(text).map(({ text: shown, href }, i) =>
    href === undefined ? (
      shown
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: its place in the text is what a link is
      <a key={i} href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
        {shown}
      </a>
    ),
  );
}
