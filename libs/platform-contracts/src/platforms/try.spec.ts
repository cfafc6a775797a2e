import { z } from 'zod';
import { platforms, platformIds, formFields, exampleFields, warnings, PlatformId } from '.';
it('x', () => {
  console.log(platformIds);
  const s = platforms.spotify.fieldsSchema;
  console.log(
    JSON.stringify(z.toJSONSchema(s), null, 1),
    JSON.stringify(z.toJSONSchema(s, { io: 'input' })) === JSON.stringify(z.toJSONSchema(s)),
  );
  console.log(formFields(platforms.spotify));
  console.log(
    JSON.stringify(
      s.safeParse({
        client_id: 7,
        foo: 1,
        bar: 2,
        redirect_uri: 'http://localhost:3000/x',
        scopes: 'a, b a',
        token_expiry: 'x',
      }).error?.issues,
    ),
  );
  console.log(JSON.stringify(s.safeParse({ client_id: ' "ab" ', client_secret: 'y', scopes: 'a, b a' })));
  console.log(JSON.stringify(platforms.acrcloud.fieldsSchema.safeParse({}).error?.issues));
  console.log(JSON.stringify(platforms.acrcloud.fieldsSchema.safeParse('x').error?.issues));
  for (const id of platformIds as PlatformId[]) {
    const e = exampleFields(platforms[id]);
    const r = platforms[id].fieldsSchema.safeParse(e);
    console.log(id, e, JSON.stringify(r), r.success && warnings(platforms[id], r.data));
  }
});
