/** The formats that can be imported; `auto` recognises the format. */
export const IMPORT_FORMATS = [
  ...(['auto', 'gitpost', 'slack', 'discord', 'telegram', 'whatsapp', 'mattermost'] as const),
  ...(['element', 'simplenote', 'keep', 'memos', 'irc', 'jrnl', 'mbox', 'markdown'] as const),
] as const;

export const EXPORT_FORMATS = ['ndjson', 'json', 'markdown', 'html', 'csv', 'mbox', 'atom', 'zip'] as const;
