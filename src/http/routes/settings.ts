import { changeSettingsSchema, settingsSchema } from '../../contract/settings.ts';
import { answer, json, type Route, route } from '../route.ts';
import { uploadLimit } from '../spool.ts';

const settings = answer('The settings', settingsSchema);

export const settingsRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/settings',
    operationId: 'getSettings',
    summary: 'The settings of this gitpost, for everyone who uses it',
    answers: { 200: settings },
    failures: ['unavailable'],
    handle: ({ response }, services) => {
      response.set(uploadLimit(services.attachmentLimit));
      return services.settings.read();
    },
  }),
  route({
    method: 'patch',
    path: '/settings',
    operationId: 'changeSettings',
    summary: 'Change the interval of automatic syncs, or the saved searches',
    body: json(changeSettingsSchema),
    answers: { 200: settings },
    failures: ['fixed-by-environment', 'unavailable'],
    handle: ({ body }, services) => services.settings.change(body),
  }),
];
