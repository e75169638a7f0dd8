package dev.berth.images.registry;

import dev.berth.engine.RegistryAuth;
import dev.berth.engine.RegistryConfig;
import dev.berth.images.registry.Endpoints.Endpoint;
import dev.berth.images.registry.RegistryAnswer.Known;
import dev.berth.images.registry.RegistryAnswer.Limited;
import dev.berth.images.registry.RegistryAnswer.Unknown;
import dev.berth.images.registry.RegistryAnswer.Unusable;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Asks registries what a tag is, without an engine between. To be closed after a round of questions.
///
/// A registry gives another digest to who does not know the newer forms of manifests: it converts the
/// manifest, and the digest of that is nobody's.
public final class RegistryClient implements AutoCloseable {
    private static final List<String> MANIFESTS = List.of(
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json");
    private static final String CONVERTED = "application/vnd.docker.distribution.manifest.v1";

    private final Endpoints endpoints;
    private final InstantSource clock;
    /// By registry, the address at which somebody answered.
    private final Map<String, Endpoint> answering = new ConcurrentHashMap<>();

    private @Nullable RegistryHttp http;

    public RegistryClient(RegistryConfig config, InstantSource clock) {
        this.endpoints = new Endpoints(config);
        this.clock = clock;
    }

    /// The digest of a tag now.
    public RegistryAnswer digest(ImageRef tag, RegistryAuth auth) throws InterruptedException {
        RegistryLogin login = RegistryLogin.of(auth);
        RegistryAnswer last = new Unusable("it has no address");
        for (Endpoint endpoint : endpoints(tag.domain())) {
            try {
                // A mirror is somebody else's: it is not shown who the user is at the registry itself.
                last = ask(endpoint, tag, endpoint.mirror() ? RegistryLogin.NONE : login);
                if (endpoint.mirror() && !(last instanceof Known)) continue; // others hold the truth
                if (!endpoint.mirror()) answering.put(tag.domain(), endpoint);
                return last;
            } catch (IOException broken) {
                last = new Unusable(String.valueOf(broken.getMessage()));
            }
        }
        return last;
    }

    /// A registry that has answered is asked there again; mirrors are always asked first.
    private List<Endpoint> endpoints(String registry) {
        Endpoint known = answering.get(registry);
        List<Endpoint> all = endpoints.of(registry);
        return known == null || all.stream().anyMatch(Endpoint::mirror) ? all : List.of(known);
    }

    private RegistryAnswer ask(Endpoint endpoint, ImageRef tag, RegistryLogin login)
            throws IOException, InterruptedException {
        var target = endpoint.manifest(tag);
        RegistryReply reply =
                http().head(target, MANIFESTS, login.registryToken().map(it -> "Bearer " + it));
        if (reply.status() == 400 && target.getScheme().equals("http"))
            throw new IOException("it does not understand plain HTTP");
        if (reply.status() != 401) return read(reply);
        Optional<Challenge> challenge = Challenge.best(reply.all("WWW-Authenticate"));
        if (challenge.isEmpty()) return new Unusable("it denies access and does not say how to get it");
        var tokens = new RegistryTokens(http(), clock);
        return switch (tokens.authorize(challenge.get(), login, tag, target)) {
            case RegistryTokens.Granted(String authorization) ->
                read(http().head(target, MANIFESTS, Optional.of(authorization)));
            case RegistryTokens.Denied(String why) -> new Unusable(why);
            case RegistryTokens.Limited(RateLimit rate) -> new Limited(rate);
        };
    }

    private RegistryAnswer read(RegistryReply reply) {
        RateLimit rate = RateLimit.read(reply, clock.instant());
        return switch (reply.status()) {
            case 200 -> digest(reply, rate);
            case 404 -> new Unknown(rate);
            case 429 -> new Limited(rate);
            case 401, 403 -> new Unusable("it denies access");
            default -> new Unusable("it answered with status " + reply.status());
        };
    }

    private static RegistryAnswer digest(RegistryReply reply, RateLimit rate) {
        String type = reply.header("Content-Type").orElse("");
        Optional<String> digest = reply.header("Docker-Content-Digest");
        if (digest.isEmpty() || type.startsWith(CONVERTED)) return new Unusable("it does not tell a manifest's digest");
        try {
            return new Known(new Digest(digest.get()), rate);
        } catch (Failure.Invalid none) {
            return new Unusable("it told a digest that is none");
        }
    }

    /// Made when it is needed: most lives of a server begin without a question to a registry.
    private synchronized RegistryHttp http() {
        RegistryHttp made = http;
        if (made == null) http = made = new RegistryHttp(SSLContext::getDefault);
        return made;
    }

    @Override
    public synchronized void close() {
        if (http != null) http.close();
    }
}
