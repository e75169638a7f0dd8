package dev.berth.images;

import dev.berth.engine.EngineImages;
import dev.berth.engine.RegistryAuth;
import dev.berth.images.registry.RateLimit;
import dev.berth.images.registry.RegistryAnswer;
import dev.berth.images.registry.RegistryAnswer.Known;
import dev.berth.images.registry.RegistryAnswer.Limited;
import dev.berth.images.registry.RegistryAnswer.Unknown;
import dev.berth.images.registry.RegistryAnswer.Unusable;
import dev.berth.images.registry.RegistryClient;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The questions to registries that belong together: the credentials for each are looked up once, and one
/// that has been asked too often is left alone by all of them.
final class Questions implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Questions.class.getName());
    /// In flight; a host with hundreds of tags must not ask them all at once.
    private static final int AT_ONCE = 4;

    private final EngineImages engine;
    private final Registries registries;
    private final Optional<RegistryAuth> given;
    private final int waits;
    private final HoldBack holdBack;
    private final InstantSource clock;
    private final Map<String, FutureTask<RegistryAuth>> logins = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(AT_ONCE, true);
    private @Nullable RegistryClient client;

    Questions(
            EngineImages engine,
            Registries registries,
            Optional<RegistryAuth> given,
            int waits,
            HoldBack holdBack,
            InstantSource clock) {
        this.engine = engine;
        this.registries = registries;
        this.given = given;
        this.waits = waits;
        this.holdBack = holdBack;
        this.clock = clock;
    }

    /// The credentials for a reference's registry.
    ///
    /// @throws Failure.Rejected (`credential-helper-failed`) each time, if they could not be looked up
    RegistryAuth login(ImageRef reference) throws InterruptedException {
        if (given.isPresent()) return given.get();
        var mine = new FutureTask<>(() -> registries.login(reference));
        FutureTask<RegistryAuth> known = logins.putIfAbsent(reference.domain(), mine);
        if (known == null) mine.run();
        try {
            return (known == null ? mine : known).get();
        } catch (ExecutionException broken) {
            if (broken.getCause() instanceof Failure failure) throw failure;
            if (broken.getCause() instanceof InterruptedException) {
                if (known == null) throw new InterruptedException();
                throw new Failure.Cancelled("interrupted while credentials were looked up");
            }
            throw new IllegalStateException("the credentials for " + reference.domain(), broken);
        }
    }

    /// What the registry calls a tag now; nothing if it does not know it.
    ///
    /// @param heard is told what the registry says of its limits
    /// @throws Failure.Refused (`registry-limit`) if it is not to be asked now
    /// @throws Failure.Rejected as [EngineImages#remoteDigest], or because of the credentials
    Optional<Digest> latest(ImageRef tag, Consumer<RateLimit> heard) throws InterruptedException {
        String registry = tag.domain();
        int limited = 0;
        while (true) {
            Instant waitedFor = holdBack.end(registry);
            if (holdBack.holds(registry)) {
                if (waits == 0) throw holdBack.refusal(registry);
                holdBack.await(registry);
            }
            Optional<RegistryAnswer> answer = ask(tag, waitedFor);
            if (answer.isEmpty()) continue;
            switch (answer.get()) {
                case Known(Digest digest, RateLimit rate) -> {
                    heard.accept(rate);
                    return Optional.of(digest);
                }
                case Unknown(RateLimit rate) -> {
                    heard.accept(rate);
                    return Optional.empty();
                }
                case Limited(RateLimit rate) -> {
                    heard.accept(rate);
                    if (limited++ >= waits) throw holdBack.refusal(registry);
                }
                case Unusable(String why) -> {
                    LOG.log(Level.DEBUG, "the registry {0} is asked through the engine: {1}", registry, why);
                    registries.goRound(registry);
                }
            }
        }
    }

    /// Waits where the registry wants that.
    ///
    /// @throws Failure.Refused (`registry-limit`) if it is not to be asked now
    void await(ImageRef reference) throws InterruptedException {
        if (holdBack.holds(reference.domain())) holdBack.await(reference.domain());
    }

    /// The engine was told that the registry has been asked too often.
    void limited(ImageRef reference) {
        holdBack.note(reference.domain(), Optional.empty());
    }

    boolean isHeldBack(ImageRef reference) {
        return holdBack.holds(reference.domain());
    }

    /// Why the registry is not asked now.
    Failure refusal(ImageRef reference) {
        return holdBack.refusal(reference.domain());
    }

    /// Nothing if, while this one stood in line, the registry has told another that it is asked too often.
    private Optional<RegistryAnswer> ask(ImageRef tag, Instant waitedFor) throws InterruptedException {
        String registry = tag.domain();
        places.acquire();
        try {
            if (!holdBack.end(registry).equals(waitedFor) && holdBack.holds(registry)) return Optional.empty();
            if (!registries.isDirect(registry)) return Optional.of(throughTheEngine(tag));
            RegistryAnswer answer = client().digest(tag, login(tag));
            if (answer instanceof Limited(RateLimit rate)) holdBack.note(registry, rate.retryAfter());
            else holdBack.lift(registry, waitedFor);
            return Optional.of(answer);
        } finally {
            places.release();
        }
    }

    private RegistryAnswer throughTheEngine(ImageRef tag) throws InterruptedException {
        try {
            return new Known(engine.remoteDigest(tag, login(tag)), RateLimit.NONE);
        } catch (Failure.Rejected refused) {
            if (refused.code().equals("image-not-found")) return new Unknown(RateLimit.NONE);
            throw refused;
        } catch (Failure.Refused limited) {
            limited(tag);
            throw limited;
        }
    }

    private synchronized RegistryClient client() {
        RegistryClient made = client;
        if (made == null) client = made = new RegistryClient(engine.registryConfig(), clock);
        return made;
    }

    @Override
    public synchronized void close() {
        if (client != null) client.close();
    }
}
