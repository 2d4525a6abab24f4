import { z } from 'zod';
import { uuid } from './fields.ts';
import { fileName } from './message.ts';

export const uploadQuery = z.strictObject({
  name: fileName
    .exactOptional()
    .meta({ description: 'Its name, which a message may change; without it a name by its type' }),
});

export const attachmentQuery = z.strictObject({
  message: uuid('message').exactOptional().meta({
    description: 'The id of a message: the download gets the name that this message gives the file',
  }),
});
