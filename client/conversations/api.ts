import type {
  Conversation,
  ConversationList,
  Erased,
  ExportFormat,
  MemoryChange,
  MemoryList,
  PersonTokenResponse,
} from '../../protocol/conversations.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { Memory } from '../../protocol/memory.ts';
import { at } from '../place/at.ts';
import { loadPersonKey } from '../room/person.ts';
import { t } from '../words/words.ts';

/** Why something could not be had; the message is for people. */
export class KeptFailure extends Error {
  override name = 'KeptFailure';
  /** Another token may help. */
  readonly needsToken: boolean;
  constructor(message: string, needsToken = false) {
    super(message);
    this.needsToken = needsToken;
  }
}

/** Tokens this close to their end are not used any more. */
const MARGIN_MS = 10_000;

/** What was kept, for the bearer of a token, or for the person whom this browser knows. */
export class KeptApi {
  readonly #given: string | undefined;
  #own: PersonTokenResponse | undefined;

  constructor(given?: string) {
    this.#given = given;
  }

  /** There is something to ask with. */
  get hasToken(): boolean {
    return this.#given !== undefined || loadPersonKey() !== undefined;
  }
  /** The token is that of this browser's own person. */
  get isOwn(): boolean {
    return this.#given === undefined;
  }

  list(asked: { query?: string; cursor?: string }): Promise<ConversationList> {
    const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ''));
    return this.#json(`/api/conversations?${query}`);
  }

  read(id: string): Promise<Conversation> {
    return this.#json(`/api/conversations/${id}`);
  }

  async remove(id: string): Promise<void> {
    await this.#ask(`/api/conversations/${id}`, 'DELETE');
  }

  /** Saves it as a file. */
  async save(id: string, format: ExportFormat): Promise<void> {
    await this.#save(`/api/conversations/${id}/export?format=${format}`);
  }

  async memories(): Promise<Memory[]> {
    return (await this.#json<MemoryList>('/api/memories')).memories;
  }

  async change(id: string, change: MemoryChange): Promise<Memory> {
    return (await (await this.#ask(`/api/memories/${id}`, 'PATCH', change)).json()) as Memory;
  }

  async forget(id: string): Promise<void> {
    await this.#ask(`/api/memories/${id}`, 'DELETE');
  }

  async saveMemories(): Promise<void> {
    await this.#save('/api/memories/export');
  }

  async erase(): Promise<Erased> {
    return (await (await this.#ask('/api/person', 'DELETE')).json()) as Erased;
  }

  async #json<T>(url: string): Promise<T> {
    return (await (await this.#ask(url)).json()) as T;
  }

  async #save(url: string): Promise<void> {
    const response = await this.#ask(url);
    const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'export';
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await response.blob());
    link.download = name;
    link.click();
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async #ask(url: string, method = 'GET', body?: object): Promise<Response> {
    const token = await this.#token();
    return answered(
      fetch(at(url), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
    );
  }

  async #token(): Promise<string> {
    if (this.#given !== undefined) return this.#given;
    const personKey = loadPersonKey();
    if (personKey === undefined) throw new KeptFailure(t('kept.unknown'), true);
    if (this.#own === undefined || this.#own.expiresAtMs - MARGIN_MS < Date.now())
      this.#own = (await (
        await answered(
          fetch(at('/api/person/token'), {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ personKey }),
          }),
        )
      ).json()) as PersonTokenResponse;
    return this.#own.token;
  }
}

async function answered(asking: Promise<Response>): Promise<Response> {
  const response = await asking.catch(() => {
    throw new KeptFailure(t('unreachable'));
  });
  if (response.ok) return response;
  const { error } = (await response.json().catch(() => ({}))) as { error?: WireError };
  throw new KeptFailure(error?.message ?? t('kept.failed'), response.status === 401 || response.status === 403);
}
