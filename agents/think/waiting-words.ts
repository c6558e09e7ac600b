/** What is said while a tool takes long, by language: first, and once more where it takes very long. */
export const WAITING_WORDS: Readonly<Record<string, { waiting: readonly string[]; stillWaiting: readonly string[] }>> =
  {
    en: {
      waiting: ['One moment, I am looking that up.', 'Just a second, I am on it.', 'Let me see, one moment.'],
      stillWaiting: [
        'It is taking a little longer. I am still on it.',
        'I am still waiting for it. Thank you for your patience.',
      ],
    },
    de: { waiting: ['Einen Moment, ich sehe nach.'], stillWaiting: ['Es dauert noch einen Augenblick.'] },
    es: { waiting: ['Un momento, lo estoy mirando.'], stillWaiting: ['Tarda un poco más. Sigo en ello.'] },
    fr: { waiting: ['Un instant, je regarde.'], stillWaiting: ['Cela prend un peu plus de temps.'] },
    it: { waiting: ['Un momento, sto controllando.'], stillWaiting: ['Ci vuole ancora un momento.'] },
    nl: { waiting: ['Een ogenblik, ik zoek het op.'], stillWaiting: ['Het duurt nog even.'] },
    pl: { waiting: ['Chwileczkę, już sprawdzam.'], stillWaiting: ['To potrwa jeszcze chwilę.'] },
    pt: { waiting: ['Um momento, estou a ver.'], stillWaiting: ['Demora mais um pouco.'] },
    ru: { waiting: ['Одну минуту, я смотрю.'], stillWaiting: ['Это займёт ещё немного времени.'] },
    sv: { waiting: ['Ett ögonblick, jag tittar.'], stillWaiting: ['Det tar en liten stund till.'] },
    tr: { waiting: ['Bir dakika, bakıyorum.'], stillWaiting: ['Biraz daha sürecek.'] },
  };
