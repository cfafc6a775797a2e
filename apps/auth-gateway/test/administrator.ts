import { password, type TestGateway } from './gateway';

/** Makes somebody an administrator and gives a session in which he is one. */
export async function administrator(gateway: TestGateway) {
  const { email, user } = await gateway.register();
  await gateway.database.dataSource.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [user.id]);
  const { body } = await gateway.ask('POST /v1/auth/login', { body: { email, password } });
  return { email, user, token: body.access_token };
}
