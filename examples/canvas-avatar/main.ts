import { Call } from './call.ts';
import { Face } from './face.ts';
import { Timeline } from './timeline.ts';

const find = <E extends Element>(selector: string): E => document.querySelector<E>(selector)!;
const [join, talk] = [find<HTMLFormElement>('.join'), find<HTMLFormElement>('.talk')];
const input = find<HTMLInputElement>('input');
const status = find<HTMLElement>('[role=status]');
const room = new URLSearchParams(location.search).get('room') ?? 'sprout';

const timeline = new Timeline();
const face = new Face(find('canvas'));
const speaker = new Audio();
let call: Call | undefined;

/** Wall clock, but never set back. */
const nowMs = () => performance.timeOrigin + performance.now();

requestAnimationFrame(function draw() {
  face.draw(timeline.at(nowMs(), call?.delayMs ?? 0), performance.now());
  requestAnimationFrame(draw);
});

async function attempt(what: () => Promise<unknown> | undefined): Promise<void> {
  try {
    status.textContent = '';
    await what();
  } catch (error) {
    status.textContent = error instanceof Error ? error.message : String(error);
  }
}

join.addEventListener('submit', event => {
  event.preventDefault();
  void attempt(async () => {
    call = await Call.join(room, 'Guest', {
      animation: events => timeline.take(events, nowMs()),
      voice: track => {
        speaker.srcObject = new MediaStream([track]);
        void attempt(() => speaker.play());
      },
      said: text => {
        status.textContent = text;
      },
      ended: why => {
        status.textContent = `${why} Reload the page to come back.`;
        talk.hidden = true;
      },
    });
    [join.hidden, talk.hidden] = [true, false];
    input.focus();
  });
});

talk.addEventListener('submit', event => {
  event.preventDefault();
  const text = input.value;
  input.value = '';
  if (text.trim() !== '') void attempt(() => call?.say(text));
});

find('.microphone').addEventListener('click', ({ currentTarget }) => {
  void attempt(async () => {
    await call?.talk();
    (currentTarget as HTMLElement).hidden = true;
  });
});
addEventListener('pagehide', () => call?.leave());
