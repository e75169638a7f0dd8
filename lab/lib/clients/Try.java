package example;

import example.api.ContainerApi;
import example.api.ServerApi;
import example.model.Container;
import example.model.ContainerCreate;
import example.model.MemorySize;
import java.util.Arrays;

/** Lists, creates and removes a container with the generated client. */
public final class Try {
    private static final String NAME = "made-by-java";

    private Try() {}

    public static void main(String[] arguments) throws ApiException {
        ApiClient client = Configuration.getDefaultApiClient();
        client.updateBaseUri(System.getenv("BERTH"));
        String token = System.getenv("BERTH_TOKEN");
        client.setRequestInterceptor(it -> it.header("Authorization", "Bearer " + token));
        ContainerApi containers = new ContainerApi(client);
        System.out.println("  engine: " + new ServerApi(client).getInfo().getEngine().getState());
        expect(listed(containers) == 0, "it is there before it is made");
        ContainerCreate wanted = new ContainerCreate()
                .imageName("busybox")
                .name(NAME)
                .command(Arrays.asList("sleep", "600"))
                .memLimit(new MemorySize("32m"));
        Container made = containers.createContainer(wanted, null, null, "try-" + NAME, null).getContainer();
        expect(made.getName().equals(NAME) && made.getMemLimitBytes() == 32L << 20, "another was made: " + made);
        expect(listed(containers) == 1, "it is not listed");
        containers.removeContainer(NAME, 0, null, null);
        expect(listed(containers) == 0, "it is still there");
        try {
            containers.getContainer(NAME, null, null);
            expect(false, "what is gone was found");
        } catch (ApiException gone) {
            expect(gone.getCode() == 404 && gone.getResponseBody().contains("/problem/"), gone.getResponseBody());
        }
        System.out.println("  listed, created, removed " + made.getShortId());
    }

    private static long listed(ContainerApi containers) throws ApiException {
        return containers.listContainers(null, NAME, null, null, Arrays.asList("name"), null).size();
    }

    private static void expect(boolean right, String otherwise) {
        if (!right) throw new IllegalStateException(otherwise);
    }
}
