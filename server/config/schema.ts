export { Settings as ServerConfig } from '../../settings/settings.ts';
