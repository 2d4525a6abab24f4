import { z } from 'zod';
import { fileName } from './message.ts';

export const uploadQuery = z.strictObject({
  name: fileName
    .exactOptional()
    .meta({ description: 'Its name, which a message may change; without it a name by its type' }),
});
