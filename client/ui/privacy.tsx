import { at } from '../place/at.ts';

/** What becomes of what is said, in plain words; it holds for every server of this software. */
export function Privacy() {
  return (
    <main className="privacy">
      <a className="brand" href={at('/')}>
        Visavis
      </a>
      <h1>What is kept, and where</h1>
      <dl>
        <dt>Sound and pictures</dt>
        <dd>
          Go to this server and from there to those in the call. They are not kept, unless you switch the recording of
          your own voice on; everybody in the call sees that you did.
        </dd>
        <dt>What is said, as text</dt>
        <dd>
          May be kept on this server, for as long as the people who run it have set. They can read it. Who asks a
          language model or a voice of another company sends it there: who runs this server can tell you.
        </dd>
        <dt>How you feel</dt>
        <dd>
          Is read only after you said yes, only while the call lasts, and shown to nobody else in it. Where your words
          are kept it is kept with them: you can read it, and so can the people who run this server.
        </dd>
        <dt>What you show</dt>
        <dd>
          A picture of your camera or screen goes to the language model only after you said yes, and only when you ask.
        </dd>
        <dt>Remember me</dt>
        <dd>
          Keeps what you tell of yourself, under a key that only this browser has. You can read, correct and erase it
          under <a href={at('/conversations')}>Conversations</a>.
        </dd>
        <dt>In this browser</dt>
        <dd>Your name, your choices in the lobby and the key above. No cookies, nothing of others.</dd>
      </dl>
      <a className="primary" href={at('/')}>
        Back to the front page
      </a>
    </main>
  );
}
