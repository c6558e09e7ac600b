import { type FormEvent, useEffect, useState } from 'react';
import { MEMORY_LIMITS } from '../../protocol/limits.ts';
import type { Memory } from '../../protocol/memory.ts';
import { focus } from '../ui/hooks.ts';
import { dateOf } from '../words/format.ts';
import { t } from '../words/words.ts';
import type { KeptApi } from './api.ts';
import { Confirm } from './confirm.tsx';

/** What is remembered of the person who looks: theirs to correct, to take along and to erase. */
export function Memories({ api, onErased }: { api: KeptApi; onErased(): void }) {
  const [memories, setMemories] = useState<Memory[]>();
  const [complaint, setComplaint] = useState('');
  const [erased, setErased] = useState(false);

  const attempt = async (what: () => Promise<unknown>) => {
    try {
      await what();
      setComplaint('');
    } catch (error) {
      setComplaint((error as Error).message);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another token shows another person's
  useEffect(() => {
    void attempt(async () => setMemories(await api.memories()));
  }, [api]);

  if (erased) return <p className="kept-card kept-none">{t('memories.gone')}</p>;
  return (
    <section className="kept-card" aria-label={t('memories.title')}>
      <p className="complaint" role="alert">
        {complaint}
      </p>
      <ul className="kept-list" aria-label={t('memories.list')} aria-busy={memories === undefined}>
        {memories?.map(memory => (
          <Remembered
            key={memory.id}
            memory={memory}
            onChange={text =>
              attempt(async () => {
                const changed = await api.change(memory.id, { text });
                setMemories(list => list?.map(each => (each.id === changed.id ? changed : each)));
              })
            }
            onForget={() =>
              attempt(async () => {
                await api.forget(memory.id);
                setMemories(list => list?.filter(({ id }) => id !== memory.id));
              })
            }
          />
        ))}
      </ul>
      {memories?.length === 0 && <p className="kept-none">{t('memories.none')}</p>}
      <div className="kept-row">
        <button type="button" className="secondary small" onClick={() => void attempt(() => api.saveMemories())}>
          {t('memories.export')}
        </button>
        <Confirm
          name={t('memories.eraseAll')}
          question={t('memories.eraseAll.sure')}
          act={() =>
            attempt(async () => {
              await api.erase();
              onErased();
              setErased(true);
            })
          }
        />
      </div>
    </section>
  );
}

function Remembered(props: { memory: Memory; onChange(text: string): Promise<void>; onForget(): Promise<void> }) {
  const { memory, onChange, onForget } = props;
  const [draft, setDraft] = useState<string>();
  const save = (event: FormEvent) => {
    event.preventDefault();
    const text = draft?.trim() ?? '';
    if (text !== '' && text !== memory.text) void onChange(text);
    setDraft(undefined);
  };
  return (
    <li className="kept-memory">
      {draft === undefined ? (
        <p dir="auto">{memory.text}</p>
      ) : (
        <form onSubmit={save}>
          <label className="field">
            <span className="unseen">{t('memories.correct')}</span>
            <input
              type="text"
              dir="auto"
              value={draft}
              maxLength={MEMORY_LIMITS.textLength}
              ref={focus}
              onChange={({ target }) => setDraft(target.value)}
              onKeyDown={({ key }) => key === 'Escape' && setDraft(undefined)}
            />
          </label>
          <button type="submit" className="primary small">
            {t('save')}
          </button>
        </form>
      )}
      <div className="kept-row">
        <span className="kept-small">
          {dateOf(memory.updatedAt)}
          {memory.edited && ` · ${t('memories.corrected')}`}
        </span>
        <span className="kept-exports">
          {draft === undefined && (
            <button
              type="button"
              className="secondary small"
              aria-label={`${t('memories.edit')}: ${memory.text}`}
              onClick={() => setDraft(memory.text)}
            >
              {t('memories.edit')}
            </button>
          )}
          <button
            type="button"
            className="secondary small danger-text"
            aria-label={`${t('memories.delete')}: ${memory.text}`}
            onClick={() => void onForget()}
          >
            {t('memories.delete')}
          </button>
        </span>
      </div>
    </li>
  );
}
