import { type Answer, call } from './client.ts';

/** What the page asks of a server that not every one of them may have. */
export interface Abilities {
  /** `GET` and `PATCH /settings`. */
  readonly settings: boolean;
  /** `GET /tags`. */
  readonly tags: boolean;
  /** The search operators `is:` and `has:`. */
  readonly operators: boolean;
  /** `pinned` of a message. */
  readonly pins: boolean;
  /** `POST /attachments`. */
  readonly files: boolean;
  /** `asOf` of `GET /messages`. */
  readonly asOf: boolean;
  /** `zone`, in which the days of a search begin. */
  readonly zone: boolean;
  /** `GET /count`. */
  readonly count: boolean;
}

interface Description {
  readonly paths?: Readonly<
    Record<
      string,
      { readonly get?: { readonly parameters?: readonly { name?: string; description?: string }[] } }
    >
  >;
  readonly components?: { readonly schemas?: Readonly<Record<string, { readonly properties?: object }>> };
}

/** Reads what the server can do from its own description: a page that is kept may meet a server of another build. */
export async function readAbilities(): Promise<Answer<Abilities>> {
  const answer = await call<Description>('GET', '/openapi.json');
  if (!answer.ok) return answer;
  const { paths = {}, components } = answer.body;
  const listing = paths['/messages']?.get?.parameters ?? [];
  const body = {
    settings: '/settings' in paths,
    tags: '/tags' in paths,
    operators: listing.some(({ name, description = '' }) => name === 'q' && description.includes('is:')),
    pins: 'pinned' in (components?.schemas?.Edit?.properties ?? {}),
    files: '/attachments' in paths,
    asOf: listing.some(({ name }) => name === 'asOf'),
    zone: listing.some(({ name }) => name === 'zone'),
    count: '/count' in paths,
  };
  return { ...answer, body };
}
