import type { Route } from '../route.ts';
import { attachmentRoutes } from './attachments.ts';
import { eventRoutes } from './events.ts';
import { exportRoutes } from './export.ts';
import { githubRoutes } from './github.ts';
import { healthRoutes } from './health.ts';
import { importRoutes } from './import.ts';
import { mcpRoutes } from './mcp.ts';
import { messageRoutes } from './messages.ts';
import { openApiRoutes } from './openapi.ts';
import { repositoryRoutes } from './repositories.ts';
import { sessionRoutes } from './session.ts';
import { settingsRoutes } from './settings.ts';
import { statsRoutes } from './stats.ts';
import { tagRoutes } from './tags.ts';
import { verifyRoutes } from './verify.ts';

/** All routes, in the order of openapi.json. */
export const ROUTES: readonly Route[] = [
  ...messageRoutes,
  ...attachmentRoutes,
  ...importRoutes,
  ...exportRoutes,
  ...repositoryRoutes,
  ...githubRoutes,
  ...statsRoutes,
  ...tagRoutes,
  ...settingsRoutes,
  ...eventRoutes,
  ...healthRoutes,
  ...verifyRoutes,
  ...sessionRoutes,
  ...mcpRoutes,
  ...openApiRoutes,
];
