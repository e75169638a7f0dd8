// Lists, creates and removes a container with the generated client.
import { Configuration, Container, ContainerApi, ResponseError, ServerApi } from './index';

const name = 'made-by-typescript';
const configuration = new Configuration({ basePath: process.env.BERTH, accessToken: process.env.BERTH_TOKEN });
const containers = new ContainerApi(configuration);

async function listed(): Promise<number> {
  return Object.keys(await containers.listContainers({ name, fields: ['name'] })).length;
}

function expect(right: boolean, otherwise: string): void {
  if (!right) throw new Error(otherwise);
}

async function run(): Promise<void> {
  console.log(`  engine: ${(await new ServerApi(configuration).getInfo()).engine.state}`);
  expect((await listed()) === 0, 'it is there before it is made');
  const made = (await containers.createContainer({
    containerCreate: { imageName: 'busybox', name, command: ['sleep', '600'], memLimit: 32 * 1024 * 1024 },
  })) as Container;
  expect(made.name === name && made.memLimitBytes === 32 * 1024 * 1024, `another was made: ${JSON.stringify(made)}`);
  expect((await listed()) === 1, 'it is not listed');
  await containers.removeContainer({ id: name, timeout: 0 });
  expect((await listed()) === 0, 'it is still there');
  const gone = await containers.getContainer({ id: name }).catch((error: ResponseError) => error.response.status);
  expect(gone === 404, `what is gone was found: ${JSON.stringify(gone)}`);
  console.log(`  listed, created, removed ${made.shortId}`);
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
