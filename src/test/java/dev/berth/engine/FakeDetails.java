package dev.berth.engine;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.ImageId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the fake engine shows in its own words.
final class FakeDetails implements EngineDetails {
    private static final List<String> ENVIRONMENT = List.of("PATH=/bin", "DB_PASSWORD=geheim", "API_TOKEN=t0k3n");

    private final FakeEngine engine;
    private final FakeContainers containers;
    private final FakeImages images;

    FakeDetails(FakeEngine engine, FakeContainers containers, FakeImages images) {
        this.engine = engine;
        this.containers = containers;
        this.images = images;
    }

    @Override
    public Json container(ContainerId id, boolean secrets) {
        return engine.call(Call.DETAILS, () -> {
            FakeContainer it = containers.get(id);
            var environment = new ArrayList<>(ENVIRONMENT);
            environment.addAll(it.spec.environment());
            return masked(FakeVerbatim.inspect(it, environment), secrets);
        });
    }

    @Override
    public Json image(ImageId id, boolean secrets) {
        return engine.call(Call.DETAILS, () -> {
            demand(id);
            return shown(id.text(), "", secrets);
        });
    }

    @Override
    public Json history(ImageId id) {
        return engine.call(Call.DETAILS, () -> {
            demand(id);
            return new Json.Arr(List.of(new ObjBuilder()
                    .put("Id", id.text())
                    .put("CreatedBy", "fake")
                    .build()));
        });
    }

    @Override
    public Processes processes(ContainerId id, Optional<String> psArguments) {
        return engine.call(Call.DETAILS, () -> {
            FakeContainer it = containers.get(id);
            it.demandAlive("is not running");
            if (psArguments.filter(arguments -> arguments.contains("-bogus")).isPresent())
                throw new Failure.Rejected("ps-refused", "ps does not take these arguments")
                        .saidByEngine("ps: error: unsupported SysV option");
            return new Processes(
                    List.of("UID", "PID", "PPID", "%CPU", "CMD"),
                    List.of(List.of("root", String.valueOf(it.pid), "1", "0.0", "sleep 600")));
        });
    }

    private static Json shown(String id, String name, boolean secrets) {
        return masked(
                new ObjBuilder()
                        .put("Id", id)
                        .put("Name", "/" + name)
                        .put("Config", new ObjBuilder().put("Env", ENVIRONMENT).build())
                        .build(),
                secrets);
    }

    private static Json masked(Json all, boolean secrets) {
        return secrets ? all : SecretValues.masked(all);
    }

    private void demand(ImageId id) {
        if (!images.has(id))
            throw new Failure.NotFound("no-such-image", "the image is not on this engine")
                    .saidByEngine("No such image: " + id);
    }
}
