import { statsQuery, statsSchema } from '../../contract/stats.ts';
import { unknownRepository } from '../../services/unknown-repository.ts';
import { answer, type Route, route } from '../route.ts';

export const statsRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/stats',
    operationId: 'getStats',
    summary: 'How many messages there are, by day, author and repository',
    query: statsQuery,
    answers: { 200: answer('The counts', statsSchema) },
    failures: ['unknown-repository', 'unavailable'],
    handle: async ({ query }, { reader, repositories }) => {
      const { repository } = query;
      if (repository !== undefined && !repositories.find(repository))
        return unknownRepository([repository], repositories);
      return reader.stats({ zone: 'UTC', ...query });
    },
  }),
];
