import { at } from '../place/at.ts';

/** An address that there is not. */
export function Nowhere() {
  return (
    <main className="nowhere">
      <h1>There is nothing at this address</h1>
      <p>Perhaps the link was cut short when it was sent. Ask for it again, or begin a call of your own.</p>
      <a className="primary" href={at('/')}>
        Go to the front page
      </a>
    </main>
  );
}
