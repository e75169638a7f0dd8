package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.model.Digest;
import dev.berth.model.Image;
import dev.berth.model.ImageId;
import dev.berth.model.ImageRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The image calls of Docker's API.
final class DockerImages implements EngineImages {
    private static final int NOT_FOUND = 404;
    private static final String CREDENTIALS = "X-Registry-Auth";

    /// An engine whose name server does not answer tries for long before it says so.
    private static final Duration REGISTRY = Duration.ofMinutes(2);
    /// Deleting layers is disk work.
    private static final Duration PATIENT = Duration.ofMinutes(5);

    private final Conversation conversation;

    DockerImages(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public List<ImageId> list() {
        Json all = conversation.demand(Request.get("/images/json", "list the images")
                .within(PATIENT)); // seconds on engines with the containerd store
        return Conversation.read(
                "an image",
                () -> all.items().stream()
                        .map(it -> ImageId.parse(it.get("Id").textOrEmpty()))
                        .distinct()
                        .toList());
    }

    @Override
    public Optional<Image> inspect(ImageId id) {
        return inspect(id.text());
    }

    @Override
    public Optional<Image> inspect(ImageRef reference) {
        return inspect(reference.toString());
    }

    @Override
    public EngineStream<PullStep> pull(ImageRef reference, RegistryAuth auth) {
        // A digest wins over a tag, as everywhere; without either the engine would pull every tag there is.
        String version = reference.digest().map(Digest::text).or(reference::tag).orElse("latest");
        Request pull = Request.post("/images/create", "pull " + reference)
                .query("fromImage", reference.repository())
                .query("tag", version)
                .within(REGISTRY);
        return new LazyStream<>(() -> new TranslatedStream<>(
                conversation.stream(with(auth, pull)),
                line -> PullJson.read(line, reference),
                refused -> RegistryRefusals.pull(refused, reference)));
    }

    @Override
    public Digest remoteDigest(ImageRef reference, RegistryAuth auth) {
        Request ask = Request.get("/distribution/" + reference + "/json", "ask the registry for " + reference)
                .within(REGISTRY);
        try {
            Json answer = conversation.ask(with(auth, ask));
            return Conversation.read(
                    "a digest",
                    () -> new Digest(answer.at("Descriptor", "digest").textOrEmpty()));
        } catch (Refused refused) {
            throw RegistryRefusals.digest(refused, reference);
        }
    }

    @Override
    public RegistryConfig registryConfig() {
        Json config = conversation
                .demand(Request.get("/info", "ask about the engine's registries"))
                .get("RegistryConfig");
        var secure = new TreeMap<String, Boolean>();
        config.get("IndexConfigs")
                .fields()
                .forEach((name, index) -> secure.put(name, index.get("Secure").isTrue()));
        return new RegistryConfig(
                config.get("Mirrors").texts(),
                config.get("InsecureRegistryCIDRs").texts(),
                secure);
    }

    @Override
    public void tag(ImageId id, ImageRef reference) {
        try {
            conversation.call(Request.post("/images/" + id.text() + "/tag", "tag an image")
                    .query("repo", reference.repository())
                    .query("tag", reference.tag().orElseThrow()));
        } catch (Refused refused) {
            throw RegistryRefusals.tag(refused, reference);
        }
    }

    @Override
    public List<Layer> layers(ImageId id) {
        try {
            Json image = conversation.ask(Request.get("/images/" + id.text() + "/json", "inspect an image"));
            Json history =
                    conversation.ask(Request.get("/images/" + id.text() + "/history", "read an image's history"));
            return LayerJson.read(image, history);
        } catch (Refused refused) {
            if (refused.status() == NOT_FOUND && refused.hasMessage()) return List.of();
            throw Refusals.unexpected(refused, "read an image's layers");
        }
    }

    @Override
    public Removal remove(ImageRef reference, boolean force) {
        return remove(reference.toString(), force);
    }

    @Override
    public Removal remove(ImageId id, boolean force) {
        return remove(id.text(), force);
    }

    private Optional<Image> inspect(String name) {
        try {
            Json json = conversation.ask(Request.get("/images/" + name + "/json", "inspect an image"));
            return Optional.of(Conversation.read("an image", () -> ImageJson.read(json)));
        } catch (Refused refused) {
            if (refused.status() == NOT_FOUND && refused.hasMessage()) return Optional.empty();
            throw Refusals.unexpected(refused, "inspect an image");
        }
    }

    private Removal remove(String name, boolean force) {
        try {
            Json done = conversation.ask(Request.delete("/images/" + name, "remove an image")
                    .query("force", String.valueOf(force))
                    .within(PATIENT));
            return new Removal(all(done, "Untagged"), all(done, "Deleted"));
        } catch (Refused refused) {
            throw RegistryRefusals.remove(refused, name);
        }
    }

    private static List<String> all(Json done, String what) {
        List<String> found = new ArrayList<>();
        for (Json line : done.items()) line.get(what).text().ifPresent(found::add);
        return List.copyOf(found);
    }

    private static Request with(RegistryAuth auth, Request request) {
        return auth.isNone() ? request : request.header(CREDENTIALS, auth.header());
    }
}
