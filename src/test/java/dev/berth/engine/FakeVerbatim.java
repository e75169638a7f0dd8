package dev.berth.engine;

import dev.berth.engine.FakeEngine.Call;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerId;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import java.util.TreeMap;

/// What the fake engine understands of Docker's own words.
final class FakeVerbatim implements EngineVerbatim {
    private final FakeEngine engine;
    private final FakeContainers containers;

    FakeVerbatim(FakeEngine engine, FakeContainers containers) {
        this.engine = engine;
        this.containers = containers;
    }

    @Override
    public ContainerId create(String name, Json body) {
        return engine.call(Call.CREATE, () -> containers.create(spec(name, body), body));
    }

    @Override
    public void connect(String network, ContainerId id, Json settings) {
        engine.call(Call.CONNECT_NETWORK, () -> {
            demand(network);
            return containers.get(id).entered.add(network);
        });
    }

    @Override
    public void disconnect(String network, ContainerId id) {
        engine.call(Call.DISCONNECT_NETWORK, () -> containers.get(id).entered.remove(network));
    }

    private void demand(String network) {
        if (!engine.hasNetwork(network))
            throw new Failure.Rejected("network-not-found", "there is no network '" + network + "' on this engine")
                    .with("network", network)
                    .saidByEngine("network " + network + " not found");
    }

    private static ContainerSpec spec(String name, Json body) {
        Json host = body.get("HostConfig");
        SpecDraft draft = SpecDraft.of(body.get("Image").textOrEmpty()).named(name);
        body.get("Env").texts().forEach(draft::environment);
        body.get("Labels").fields().forEach((key, value) -> draft.label(key, value.textOrEmpty()));
        if (!body.get("Cmd").texts().isEmpty())
            draft.running(body.get("Cmd").texts().toArray(String[]::new));
        if (host.get("Memory").wholeOr(0) > 0) draft.memory(host.get("Memory").wholeOr(0) + "b");
        String policy = host.at("RestartPolicy", "Name").someText().orElse("no");
        long retries = host.at("RestartPolicy", "MaximumRetryCount").wholeOr(0);
        draft.restarting(retries > 0 ? policy + ":" + retries : policy);
        if (!body.get("Healthcheck").isNull()) draft.checkedBy("true");
        host.get("PortBindings")
                .fields()
                .forEach((port, bindings) -> bindings.items()
                        .forEach(it -> draft.port(
                                port,
                                Integer.parseInt(it.get("HostPort").someText().orElse("0")))));
        body.at("NetworkingConfig", "EndpointsConfig").fields().keySet().forEach(draft::network);
        host.get("Binds").texts().forEach(draft::volume);
        return draft.spec();
    }

    /// A container as an inspect shows it.
    static Json inspect(FakeContainer container, java.util.List<String> environment) {
        Json body = CreateJson.body(container.spec, "json-file");
        var config = new TreeMap<>(body.fields());
        var host = new TreeMap<>(body.get("HostConfig").fields());
        config.remove("HostConfig");
        config.remove("NetworkingConfig");
        config.put("Env", Json.of(environment));
        config.put("Hostname", Json.of(container.id.hex().substring(0, 12)));
        host.put("RestartPolicy", CreateJson.restartPolicy(container.restartPolicy));
        host.put("NetworkMode", Json.of(container.networkMode()));
        container.memory.ifPresent(it -> host.put("Memory", Json.of(it.bytes())));
        var networks = new ObjBuilder();
        for (String network : container.entered)
            networks.put(
                    network,
                    new ObjBuilder().put("NetworkID", "id of " + network).build());
        return new ObjBuilder()
                .put("Id", container.id.hex())
                .put("Name", "/" + container.name)
                .put("Image", container.imageId.text())
                .put("Config", new Json.Obj(config))
                .put("HostConfig", new Json.Obj(host))
                .put(
                        "NetworkSettings",
                        new ObjBuilder().put("Networks", networks.build()).build())
                .put("Mounts", new Json.Arr(java.util.List.of()))
                .build();
    }
}
