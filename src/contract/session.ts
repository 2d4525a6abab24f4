import { z } from 'zod';

export const sessionSchema = z
  .strictObject({ token: z.string({ error: 'token must be a string' }) })
  .meta({ id: 'SessionRequest' });
