import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import description from './github-openapi.json' with { type: 'json' };

/** GitHub's own description of its REST API, as far as gitpost asks it; what imitates GitHub is held to it. */
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv, ['date-time', 'uri', 'email', 'int64']);
ajv.addSchema(description, 'github');

const NOT_FOUND = { $ref: '#/components/responses/not_found' };

interface Operation {
  readonly parameters?: readonly { readonly name?: string; readonly $ref?: string }[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
}

const paths = description.paths as unknown as Record<string, Record<string, Operation>>;
const compiled = new Map<string, ValidateFunction>();

/** The path of the description that a request is meant for, such as `/repos/{owner}/{repo}`. */
function describedPath(path: string): string | undefined {
  return Object.keys(paths).find((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
}

/** What of an answer is not as GitHub describes it; nothing where all is. */
export function misfits(method: string, path: string, status: number, body: unknown): string[] {
  const described = describedPath(path);
  const operation = described === undefined ? undefined : paths[described]?.[method.toLowerCase()];
  // Limits, and troubles of its own, GitHub has everywhere, and describes nowhere.
  if (status === 429 || status >= 500) return [];
  if (described === undefined || !operation)
    return status === 404 ? [] : [`${method} ${path} is not described`];
  // A token that is wrong, and a name that is not there, are described for some calls only, and come for all.
  const isEverywhere = status === 401 || status === 404;
  const response = operation.responses[status] ?? (isEverywhere ? NOT_FOUND : undefined);
  if (!response) return [`${method} ${path} never answers ${status}`];
  const at =
    response.$ref?.slice(1) ?? `/paths/${escaped(described)}/${method.toLowerCase()}/responses/${status}`;
  return errors(`github#${at}/content/application~1json/schema`, body).map(
    (error) => `${method} ${path} ${status}: ${error}`,
  );
}

/** What of a request's body is not as GitHub describes it. */
export function requestMisfits(method: string, path: string, body: unknown): string[] {
  const described = describedPath(path) ?? '';
  const at = `/paths/${escaped(described)}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
  return errors(`github#${at}`, body);
}

function errors(reference: string, value: unknown): string[] {
  const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference });
  compiled.set(reference, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`);
}

const escaped = (path: string): string =>
  encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%7E', '~');
