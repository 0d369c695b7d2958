// A real OpenID provider on loopback, for tests: any account may sign in, refresh tokens rotate, forms can be posted.
import http from 'node:http';
import { Provider } from 'oidc-provider';

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'dealside',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: ['http://127.0.0.1/signed-in'],
    }],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
    },
    issueRefreshToken: async () => true,
    rotateRefreshToken: () => true,
    ttl: { AuthorizationCode: 60, AccessToken: 3600, DeviceCode: 600, Grant: 86400, RefreshToken: 86400, Session: 86400,
           Interaction: 3600, IdToken: 3600 },
    cookies: { keys: ['only a test'] },
  });
  server.on('request', provider.callback());
  process.stdout.write(`${issuer}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
