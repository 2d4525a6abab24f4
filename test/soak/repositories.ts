/** The repositories that every machine has, the primary one first; a machine may have given the second another name. */
export const REPOSITORIES = ['notes', 'further'] as const;

export type RepositoryName = (typeof REPOSITORIES)[number];
