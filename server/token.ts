/** `npm run token -- …`: makes a token for whoever runs this server, with its key. */
import { parseArgs } from 'node:util';
import { AccessToken } from 'livekit-server-sdk';
import { developmentKeys } from './auth/tokens.ts';
import { loadConfig } from './config/load.ts';

const USAGE = `npm run token -- [--all] [--admin] [--room NAME] [--identity ID] [--host] [--person ID] [--name NAME] [--ttl 1h]
  --all          reads, searches and exports everybody's conversations
  --admin        deletes them, too; with --room only those of that room
  --room NAME    joins this room
  --identity ID  under this identity: a device's name
  --host         moderates it: mutes, removes, locks, lets in, ends
  --person ID    is this person: reads and erases what is kept of them
  --ttl TIME     how long it is good: 30m, 12h, 7d (1h)`;

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    admin: { type: 'boolean', default: false },
    room: { type: 'string' },
    identity: { type: 'string' },
    host: { type: 'boolean', default: false },
    person: { type: 'string' },
    name: { type: 'string', default: 'Operator' },
    ttl: { type: 'string', default: '1h' },
    help: { type: 'boolean', default: false },
  },
});
const { all, admin, room, identity, host, person, name, ttl } = values;
if (values.help || !(all || admin || room !== undefined || person !== undefined)) {
  console.error(USAGE);
  process.exit(values.help ? 0 : 2);
}
const { auth, dataDir } = loadConfig(process.env);
const keys =
  auth.apiKey !== undefined && auth.apiSecret !== undefined
    ? { apiKey: auth.apiKey, apiSecret: auth.apiSecret }
    : developmentKeys(dataDir);
const token = new AccessToken(keys.apiKey, keys.apiSecret, {
  identity: identity ?? `${name.toLowerCase().replace(/\W+/g, '-')}-${Date.now().toString(36)}`,
  name,
  ttl,
  ...(person !== undefined && { attributes: { person } }),
});
token.addGrant({
  ...((all || admin) && { roomList: true }),
  ...(admin && { roomAdmin: true }),
  ...(room !== undefined && { room, ...(!admin && { roomJoin: true, ...(host && { roomAdmin: true }) }) }),
});
console.log(await token.toJwt());
