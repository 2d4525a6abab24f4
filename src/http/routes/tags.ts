import { z } from 'zod';
import { tagCountSchema, tagsQuery } from '../../contract/tags.ts';
import { unknownRepository } from '../../services/unknown-repository.ts';
import { answer, type Route, route } from '../route.ts';

export const tagRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/tags',
    operationId: 'listTags',
    summary: 'All tags, the most used first',
    query: tagsQuery,
    answers: { 200: answer('Each tag with how many current messages have it', z.array(tagCountSchema)) },
    failures: ['unknown-repository', 'unavailable'],
    handle: async ({ query: { repository } }, { reader, repositories }) => {
      if (repository !== undefined && !repositories.find(repository))
        return unknownRepository([repository], repositories);
      return reader.tags(repository);
    },
  }),
];
