import type { Response } from 'express';
import type { Health } from '../contract/health.ts';
import type { Verification } from '../contract/verification.ts';
import type { Result } from '../domain/result.ts';
import type { AgentHandler } from '../mcp/http.ts';
import type { Attachments } from '../services/attachments/attachments.ts';
import type { Github } from '../services/github.ts';
import type { Imports } from '../services/imports/imports.ts';
import type { MessageReader } from '../services/message-reader.ts';
import type { Messages } from '../services/messages.ts';
import type { RepositoryManager } from '../services/repositories.ts';
import type { SharedSettingsStore } from '../services/settings.ts';
import type { EventStreams } from './event-streams.ts';
import type { Access } from './session.ts';

/** What the route handlers work with. */
export interface Services {
  readonly messages: Messages;
  readonly reader: MessageReader;
  readonly attachments: Attachments;
  /** The size limit for an attachment, in bytes. */
  readonly attachmentLimit: number;
  readonly imports: Imports;
  /** The folder for uploads until they are imported. */
  readonly importFolder: string;
  readonly repositories: RepositoryManager;
  readonly settings: SharedSettingsStore;
  readonly github: Github;
  /** The address of GitHub, or of a GitHub Enterprise Server. */
  readonly githubUrl: string;
  readonly streams: EventStreams;
  readonly access: Access;
  /** The state of the program, without waiting for anything. */
  readonly health: () => Required<Omit<Health, 'reasons'>> & Pick<Health, 'reasons'>;
  readonly verify: () => Promise<Result<Verification>>;
  /** Answers agents. It is loaded with the first request. */
  readonly agents: () => Promise<AgentHandler>;
  /** The API as OpenAPI 3.1, for the client of this answer. */
  readonly openApi: (response: Response) => Readonly<Record<string, unknown>>;
}
