import { type Api, expected } from './api.ts';

/** What `GET /health` answers; without the access token no more than the status. */
export interface Health {
  status: string;
  reasons?: string[];
  version?: string;
  git?: string;
  counts?: Record<string, number>;
}

export const healthOf = async (client: Api): Promise<Health> =>
  expected<Health>(await client.get('/health'), 200);
